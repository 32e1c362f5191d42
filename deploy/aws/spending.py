"""What the site may cost in a month, and who is told before it does."""

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
                # What is counted carries the tag; it must be activated once for cost allocation.
                cost_filters={"TagKeyValue": [f"user:project${PREFIX}"]},
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
