"""Delivery: CloudFront serves bytes to whoever has an address or cookies that the service signed.

It alone reads the buckets, by origin access control. What a behaviour lets through is what
`mediashare/storage/delivery.py` signs: two overrides of originals and archives, and no more.
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from deploy.aws import grants
from deploy.aws.addresses import Addresses
from deploy.aws.edge import Edge
from deploy.aws.names import PREFIX
from deploy.aws.part import Part, Plan
from deploy.aws.storage import Storage

# What is below each path, and from which bucket it comes. Renditions never change and are shown;
# the others are downloaded under the name in the address.
SHOWN = {"/renditions/*": "renditions"}
DOWNLOADED = {"/originals/*": "originals", "/folders/*": "originals", "/archives/*": "renditions"}
# What is shown comes from strangers, and whoever has an address may ask for another type: no script
# of theirs ever runs, and nothing is fetched. Browsers show a PDF as an object in their own page.
INERT = (
    "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
OVERRIDES = ["response-content-disposition", "response-content-type"]
YEAR_SECONDS = 365 * 24 * 3600


class Delivery(Part):
    def __init__(
        self, scope: Construct, plan: Plan, storage: Storage, addresses: Addresses, edge: Edge
    ) -> None:
        super().__init__(scope, "delivery", plan, about="CloudFront, and who may read buckets")
        self.storage = storage
        self.keys = {name: self._key(name, pem) for name, pem in plan.site.public_keys.items()}
        self.signing_key_id = next(iter(self.keys.values())).attr_id
        self.distribution = self._distribution(edge)
        self._policies()
        for name, kind in {"Name": "A", "NameOfSix": "AAAA"}.items():
            route53.CfnRecordSet(
                self,
                name,
                hosted_zone_id=addresses.zone.hosted_zone_id,
                name=plan.site.host("media"),
                type=kind,
                alias_target=route53.CfnRecordSet.AliasTargetProperty(
                    dns_name=self.distribution.attr_domain_name,
                    hosted_zone_id=targets.CloudFrontTarget.CLOUDFRONT_ZONE_ID,
                ),
            )

    def _key(self, name: str, pem: str) -> cloudfront.CfnPublicKey:
        return cloudfront.CfnPublicKey(
            self,
            f"Key{name.title()}",
            public_key_config=cloudfront.CfnPublicKey.PublicKeyConfigProperty(
                caller_reference=f"{PREFIX}-{name}",
                encoded_key=pem,
                name=f"{PREFIX}-{name}",
            ),
        )

    def _distribution(self, edge: Edge) -> cloudfront.CfnDistribution:
        group = cloudfront.CfnKeyGroup(
            self,
            "Keys",
            key_group_config=cloudfront.CfnKeyGroup.KeyGroupConfigProperty(
                name=PREFIX, items=[key.attr_id for key in self.keys.values()]
            ),
        )
        shown = self._cache_policy("Shown", [])
        downloaded = self._cache_policy("Downloaded", OVERRIDES)
        headers = self._headers()
        behaviours = [
            self._behaviour(path, bucket, group, shown, headers) for path, bucket in SHOWN.items()
        ] + [
            self._behaviour(path, bucket, group, downloaded, headers)
            for path, bucket in DOWNLOADED.items()
        ]
        common = dict(
            self._common("renditions", group, shown, headers),
        )
        return cloudfront.CfnDistribution(
            self,
            "Distribution",
            distribution_config=cloudfront.CfnDistribution.DistributionConfigProperty(
                enabled=True,
                comment="mediashare: bytes",
                aliases=[self.plan.site.host("media")],
                http_version="http2and3",
                ipv6_enabled=True,
                price_class=self.plan.size.price_class,
                web_acl_id=edge.firewall.attr_arn if edge.firewall else None,
                viewer_certificate=cloudfront.CfnDistribution.ViewerCertificateProperty(
                    acm_certificate_arn=edge.certificate.certificate_arn,
                    minimum_protocol_version="TLSv1.2_2021",
                    ssl_support_method="sni-only",
                ),
                origins=self._origins(),
                default_cache_behavior=cloudfront.CfnDistribution.DefaultCacheBehaviorProperty(
                    **common
                ),
                cache_behaviors=behaviours,
                # A refusal is kept shortly: whoever comes with a good address is let in at once.
                custom_error_responses=[
                    cloudfront.CfnDistribution.CustomErrorResponseProperty(
                        error_code=code, error_caching_min_ttl=5
                    )
                    for code in (403, 404)
                ],
            ),
        )

    def _origins(self) -> list[cloudfront.CfnDistribution.OriginProperty]:
        control = cloudfront.CfnOriginAccessControl(
            self,
            "Access",
            origin_access_control_config=cloudfront.CfnOriginAccessControl.OriginAccessControlConfigProperty(
                name=PREFIX,
                origin_access_control_origin_type="s3",
                signing_behavior="always",
                signing_protocol="sigv4",
            ),
        )
        buckets: dict[str, s3.Bucket] = {
            "originals": self.storage.originals,
            "renditions": self.storage.renditions,
        }
        return [
            cloudfront.CfnDistribution.OriginProperty(
                id=name,
                domain_name=bucket.bucket_regional_domain_name,
                origin_access_control_id=control.attr_id,
                s3_origin_config=cloudfront.CfnDistribution.S3OriginConfigProperty(
                    origin_access_identity=""
                ),
            )
            for name, bucket in buckets.items()
        ]

    def _common(
        self,
        bucket: str,
        group: cloudfront.CfnKeyGroup,
        policy: cloudfront.CfnCachePolicy,
        headers: cloudfront.CfnResponseHeadersPolicy,
    ) -> dict[str, Any]:
        """Nothing is served without a signature, and OPTIONS is answered from the policy."""
        return {
            "target_origin_id": bucket,
            "viewer_protocol_policy": "https-only",
            "allowed_methods": ["GET", "HEAD", "OPTIONS"],
            "cached_methods": ["GET", "HEAD"],
            "compress": False,
            "trusted_key_groups": [group.attr_id],
            "cache_policy_id": policy.attr_id,
            "response_headers_policy_id": headers.attr_id,
        }

    def _behaviour(
        self,
        path: str,
        bucket: str,
        group: cloudfront.CfnKeyGroup,
        policy: cloudfront.CfnCachePolicy,
        headers: cloudfront.CfnResponseHeadersPolicy,
    ) -> cloudfront.CfnDistribution.CacheBehaviorProperty:
        return cloudfront.CfnDistribution.CacheBehaviorProperty(
            path_pattern=path, **self._common(bucket, group, policy, headers)
        )

    def _cache_policy(self, name: str, query: list[str]) -> cloudfront.CfnCachePolicy:
        """What is in the key of the cache is what reaches the bucket. The signature is neither, so
        all who may see a picture share one copy of it."""
        only = cloudfront.CfnCachePolicy
        return cloudfront.CfnCachePolicy(
            self,
            name,
            cache_policy_config=only.CachePolicyConfigProperty(
                name=f"{PREFIX}-{name.lower()}",
                default_ttl=YEAR_SECONDS if not query else 24 * 3600,
                max_ttl=YEAR_SECONDS,
                min_ttl=1,
                parameters_in_cache_key_and_forwarded_to_origin=only.ParametersInCacheKeyAndForwardedToOriginProperty(
                    cookies_config=only.CookiesConfigProperty(cookie_behavior="none"),
                    headers_config=only.HeadersConfigProperty(header_behavior="none"),
                    query_strings_config=only.QueryStringsConfigProperty(
                        query_string_behavior="whitelist" if query else "none",
                        query_strings=query or None,
                    ),
                    enable_accept_encoding_gzip=False,
                    enable_accept_encoding_brotli=False,
                ),
            ),
        )

    def _headers(self) -> cloudfront.CfnResponseHeadersPolicy:
        """Players fetch videos by ranges with scripts of the site's origin, and of no other."""
        of = cloudfront.CfnResponseHeadersPolicy
        return cloudfront.CfnResponseHeadersPolicy(
            self,
            "Headers",
            response_headers_policy_config=of.ResponseHeadersPolicyConfigProperty(
                name=PREFIX,
                cors_config=of.CorsConfigProperty(
                    access_control_allow_credentials=False,
                    access_control_allow_headers=of.AccessControlAllowHeadersProperty(
                        items=["Range"]
                    ),
                    access_control_allow_methods=of.AccessControlAllowMethodsProperty(
                        items=["GET", "HEAD", "OPTIONS"]
                    ),
                    access_control_allow_origins=of.AccessControlAllowOriginsProperty(
                        items=[self.plan.site.site_url]
                    ),
                    access_control_expose_headers=of.AccessControlExposeHeadersProperty(
                        items=["Content-Length", "Content-Range", "ETag"]
                    ),
                    access_control_max_age_sec=3600,
                    origin_override=True,
                ),
                security_headers_config=of.SecurityHeadersConfigProperty(
                    content_security_policy=of.ContentSecurityPolicyProperty(
                        content_security_policy=INERT, override=True
                    ),
                    content_type_options=of.ContentTypeOptionsProperty(override=True),
                    strict_transport_security=of.StrictTransportSecurityProperty(
                        access_control_max_age_sec=YEAR_SECONDS, override=True
                    ),
                ),
            ),
        )

    def _policies(self) -> None:
        """Who may do what with the buckets, now that there is a distribution to name."""
        arn = cdk.Fn.join(
            "",
            [
                f"arn:aws:cloudfront::{self.plan.site.account}:distribution/",
                self.distribution.attr_id,
            ],
        )
        for name, bucket, document in [
            ("Originals", self.storage.originals, grants.of_originals(self.names, arn)),
            ("Renditions", self.storage.renditions, grants.of_renditions(self.names, arn)),
        ]:
            s3.CfnBucketPolicy(
                self, f"{name}Policy", bucket=bucket.bucket_name, policy_document=document
            )
