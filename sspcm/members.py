"""The networks of a round by name, as files, tables, messages and pages have them (method.md section 1)."""

from typing import Literal

LearnerName = Literal["A", "B", "C"]
MemberName = Literal["A", "B", "A_prev", "B_prev", "C"]

TEACHERS: tuple[Literal["A"], Literal["B"]] = ("A", "B")
EARLIER_TEACHERS: tuple[Literal["A_prev"], Literal["B_prev"]] = ("A_prev", "B_prev")
"""The teachers one epoch ago."""
STUDENT: Literal["C"] = "C"
LEARNERS: tuple[LearnerName, ...] = (*TEACHERS, STUDENT)
"""Those that gradients move."""
MEMBERS: tuple[MemberName, ...] = (*TEACHERS, *EARLIER_TEACHERS, STUDENT)
CLOSER_LOOK = "C_closer"
"""What the student says when it is shown the person larger."""
COMPARED = (*TEACHERS, *EARLIER_TEACHERS, CLOSER_LOOK)
"""Those whose disagreement is the inconsistency; the current teachers come first where pairs tie."""
