"""The reference architectures as CloudFormation, made by the AWS CDK: one module for each stack.

`sizes`, `site`, `names`, `grants` and `settings` are plain Python; only modules that make
resources import the CDK, which lives in an environment of its own (`requirements/deploy.in`).
"""
