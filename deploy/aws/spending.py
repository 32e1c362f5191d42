"""What the site may cost in a month, and who is told before it does.

All that the account pays counts, tagged or not: it holds one site, traffic and requests carry few
tags, and what somebody starts who has stolen keys carries none.
"""

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from deploy.aws.names import PREFIX
from deploy.aws.part import Part, Plan

# Percent of the budget, and whether it is spent or only foreseen.
TOLD_AT = [(50, "ACTUAL"), (80, "ACTUAL"), (100, "FORECASTED"), (100, "ACTUAL")]


class Spending(Part):
    def __init__(self, scope: Construct, plan: Plan) -> None:
        super().__init__(scope, "spending", plan, about="What may be spent")
        of = budgets.CfnBudget
        of(
            self,
            "Budget",
            budget=of.BudgetDataProperty(
                budget_name=PREFIX,
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=of.SpendProperty(amount=plan.size.budget_dollars, unit="USD"),
            ),
            notifications_with_subscribers=[
                of.NotificationWithSubscribersProperty(
                    notification=of.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[
                        of.SubscriberProperty(subscription_type="EMAIL", address=plan.site.operator)
                    ],
                )
                for percent, kind in TOLD_AT
            ],
        )
