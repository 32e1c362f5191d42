"""Whether IAM would allow a request: identity, session and bucket policies, as AWS evaluates them.

Only what our policies use is known; anything else is an error and not a guess.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Policy = Mapping[str, Any]
Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request. `context` has the condition keys that AWS would know, tags of the session too."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Principal:
    """Who asks: a role with its policies, perhaps cut down by a session policy."""

    arn: str
    policies: tuple[Policy, ...]
    session: Policy | None = None


def allows(who: Principal, asked: Asked, *, bucket: Policy | None = None) -> bool:
    """Within one account: nothing denies it, and the role allows it, or the bucket does; and a
    session policy lets it through."""
    every = [*who.policies, *([who.session] if who.session else []), *([bucket] if bucket else [])]
    if any(_says("Deny", policy, who, asked) for policy in every):
        return False
    is_let = any(_says("Allow", policy, who, asked) for policy in who.policies)
    is_let = is_let or (bucket is not None and _says("Allow", bucket, who, asked))
    return is_let and (who.session is None or _says("Allow", who.session, who, asked))


def _says(effect: str, policy: Policy, who: Principal, asked: Asked) -> bool:
    return any(
        statement["Effect"] == effect and _applies(statement, who, asked)
        for statement in policy["Statement"]
    )


def _applies(statement: Statement, who: Principal, asked: Asked) -> bool:
    unknown = statement.keys() - {
        *("Sid", "Effect", "Principal", "Action", "Resource", "Condition"),
    }
    if unknown:
        raise NotImplementedError(f"{sorted(unknown)} is not known here")
    return (
        _names(statement.get("Principal"), who.arn)
        and any(matches(each, asked.action, fold=True) for each in listed(statement["Action"]))
        # A trust policy has no resource: it is about the role that has it.
        and any(
            matches(substituted(each, asked.context), asked.resource)
            for each in listed(statement.get("Resource", "*"))
        )
        and all(
            _holds(operator, key, listed(values), asked.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _names(principal: Any, arn: str) -> bool:
    if principal is None or principal == "*":
        return True
    ((_, names),) = principal.items()
    return arn in listed(names)


def _holds(operator: str, key: str, values: list[str], context: Mapping[str, str]) -> bool:
    """A key that is not in the request matches `Null`, what is said of all values, and no more."""
    found = context.get(key)
    if operator == "Null":
        return (found is None) == (values == ["true"])
    if operator == "ForAllValues:StringEquals":
        return all(each in values for each in (found or "").split(",") if each)
    if found is None:
        return False
    match operator:
        case "StringEquals":
            return found in values
        case "StringLike":
            return any(matches(each, found) for each in values)
        case "Bool":
            return [found.lower()] == [each.lower() for each in values]
    raise NotImplementedError(f"{operator} is not known here")


def substituted(resource: str, context: Mapping[str, str]) -> str:
    """A policy variable becomes its value, in which no letter is a wildcard. Without one, it is
    nothing that any resource is called."""
    return re.sub(
        r"\$\{([^}]+)\}", lambda found: context.get(found[1], "\0").replace("*", "\0"), resource
    )


def matches(pattern: str, text: str, *, fold: bool = False) -> bool:
    parts = (".*" if each == "*" else "." if each == "?" else re.escape(each) for each in pattern)
    return (
        re.fullmatch("".join(parts), text, re.DOTALL | (re.IGNORECASE if fold else 0)) is not None
    )


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
