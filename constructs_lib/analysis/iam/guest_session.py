"""The session policy that limits a guest's role in the enhanced flow, as a parsed policy."""

from typing import Final

from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.guests import GUEST_ACTIONS

GUEST_SESSION: Final[Policy] = parse_policy(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": list(GUEST_ACTIONS), "Resource": "*"},
    },
    "Cognito's session policy for guests",
)
