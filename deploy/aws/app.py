"""All stacks of a site: `python -m deploy.aws SITE.json FOLDER` writes their templates.

The CDK's own command line reads `cdk.json` beside this file and does the same. Nothing here asks
AWS anything: what a deployment is depends on the site's file and on this code alone.
"""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import aws_cdk as cdk

from deploy.aws import site as sites
from deploy.aws.addresses import Addresses
from deploy.aws.balancers import Balancers
from deploy.aws.commands import Commands
from deploy.aws.configuration import Configuration, Made
from deploy.aws.data import Data
from deploy.aws.delivery import Delivery
from deploy.aws.edge import Edge
from deploy.aws.identities import Identities
from deploy.aws.instances import Ground
from deploy.aws.mail import Mail
from deploy.aws.network import Network
from deploy.aws.part import Plan
from deploy.aws.queues import Queues
from deploy.aws.site import Site
from deploy.aws.sizes import ROLES
from deploy.aws.spending import Spending
from deploy.aws.storage import Storage
from deploy.aws.timer import Timer
from deploy.aws.watch import Watch
from deploy.aws.web import Front, Web
from deploy.aws.workers import Workers


def build(scope: cdk.App, site: Site) -> None:
    """All stacks, in the order in which they are deployed."""
    plan = Plan.of(site)
    addresses = Addresses(scope, plan)
    network = Network(scope, plan)
    storage = Storage(scope, plan)
    data = Data(scope, plan, network)
    queues = Queues(scope, plan)
    mail = Mail(scope, plan, addresses)
    edge = Edge(scope, plan, addresses)
    identities = Identities(scope, plan)
    delivery = Delivery(scope, plan, storage, addresses, edge)
    # The buckets' policies name roles.
    delivery.add_stack_dependency(identities)
    configuration = Configuration(scope, plan, Made(data, queues, delivery, mail))
    balancers = Balancers(scope, plan, network, storage, addresses)
    on, front = Ground(network, identities), Front(balancers, addresses)
    timer = Timer(scope, plan, on)
    timer.add_stack_dependency(configuration)
    web = {role: Web(scope, role, plan, on, front) for role in ROLES}
    workers = Workers(scope, plan, on)
    for fleet in (*web.values(), workers):
        # The timer brings the database up to the release that these start with.
        fleet.add_stack_dependency(timer)
    Commands(scope, plan, on).add_stack_dependency(timer)
    Watch(scope, plan, balancers=balancers, web=web, mail=mail)
    Spending(scope, plan)


def application(site: Site, folder: Path | None = None) -> cdk.App:
    """An application of the CDK with this site in it. It takes zones as they are named everywhere
    instead of asking an account for them."""
    region = site.region
    zones = {
        f"availability-zones:account={site.account}:region={region}": [
            f"{region}{letter}" for letter in "abc"
        ]
    }
    app = cdk.App(context=zones, outdir=str(folder) if folder else None, analytics_reporting=False)
    build(app, site)
    return app


def main(words: Sequence[str]) -> None:
    """Sites' files, each with the folder that its templates go to. The CDK's own command line names
    a file alone, and knows by itself where templates belong."""
    for file, folder in zip_longest(words[::2], words[1::2]):
        application(sites.read(Path(file)), Path(folder) if folder else None).synth()
