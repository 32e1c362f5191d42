"""The kernel's filter, read as the kernel reads it, for processors that are not here too."""

import pytest

from processing import seccomp
from processing.seccomp import ALLOW, PROCESSORS, REFUSE, instructions

X32, READ_ON_X86, READ_ON_ARM = 0x40000000, 0, 63


def verdict(name: str, *, call: int, architecture: int | None = None) -> int:
    """What the filter for a processor says to a call."""
    processor = PROCESSORS[name]
    lines, at, loaded = instructions(processor), 0, 0
    given = {
        seccomp.NUMBER_AT: call,
        seccomp.ARCHITECTURE_AT: architecture or processor.architecture,
    }
    while True:
        code, if_true, if_false, operand = lines[at]
        if code == seccomp.RETURN:
            return operand
        if code == seccomp.LOAD:
            loaded, jump = given[operand], 0
        else:
            holds = loaded == operand if code == seccomp.EQUAL else loaded >= operand
            jump = if_true if holds else if_false
        at += 1 + jump


@pytest.mark.parametrize("name", PROCESSORS)
def test_each_network_call_is_refused(name):
    refused = {call: verdict(name, call=call) for call in PROCESSORS[name].calls}

    assert set(refused.values()) == {REFUSE}


@pytest.mark.parametrize(("name", "call"), [("x86_64", READ_ON_X86), ("aarch64", READ_ON_ARM)])
def test_other_calls_go_through(name, call):
    assert verdict(name, call=call) == ALLOW


@pytest.mark.parametrize("name", PROCESSORS)
def test_calls_of_another_kind_of_program_are_refused(name):
    assert verdict(name, call=READ_ON_ARM, architecture=0x40000003) == REFUSE
    assert verdict(name, call=X32 + READ_ON_ARM) == REFUSE
