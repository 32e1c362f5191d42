"""The rules by which WAF turns requests away before anything of ours hears of them."""

from typing import Any

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

# Sets of AWS's own. That for common attacks looks into bodies for paths, addresses and scripts, and
# at how long they are. Ours hold what people call their files and write about their pictures, and
# commits of a thousand changes; nothing there is opened, fetched or shown as it came. Those rules
# only count.
KNOWN_BAD = "AWSManagedRulesKnownBadInputsRuleSet"
REPUTATION = "AWSManagedRulesAmazonIpReputationList"
COMMON = "AWSManagedRulesCommonRuleSet"
ONLY_COUNTED = (
    "SizeRestrictions_BODY",
    "EC2MetaDataSSRF_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "CrossSiteScripting_BODY",
)


def web_acl(scope: Construct, *, scope_name: str, rate_limit: int) -> waf.CfnWebACL:
    """Rules for balancers (REGIONAL) or CloudFront; `rate_limit` in five minutes by one address."""
    rules = [_rate("TooMany", 0, rate_limit), _managed(REPUTATION, 1), _managed(KNOWN_BAD, 2)]
    if scope_name == "REGIONAL":
        rules.append(_sign_in("TooManySignIns", 3))
        rules.append(_managed(COMMON, 4, only_counted=ONLY_COUNTED))
    return waf.CfnWebACL(
        scope,
        "Firewall",
        scope=scope_name,
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=_seen("Firewall"),
        rules=rules,
    )


def _rate(name: str, priority: int, limit: int, **only: Any) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        action=waf.CfnWebACL.RuleActionProperty(block={}),
        statement=waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=limit, **only
            )
        ),
        visibility_config=_seen(name),
    )


def _sign_in(name: str, priority: int) -> waf.CfnWebACL.RuleProperty:
    """Passwords are not tried by the thousand, whatever the site's own limits say."""
    sign_in = waf.CfnWebACL.StatementProperty(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            positional_constraint="STARTS_WITH",
            search_string="/account/",
            text_transformations=[
                waf.CfnWebACL.TextTransformationProperty(priority=0, type="LOWERCASE")
            ],
        )
    )
    return _rate(name, priority, 300, scope_down_statement=sign_in)


def _managed(
    name: str, priority: int, *, only_counted: tuple[str, ...] = ()
) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                name=name,
                vendor_name="AWS",
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(
                        name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                    )
                    for rule in only_counted
                ]
                or None,
            )
        ),
        visibility_config=_seen(name),
    )


def _seen(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
