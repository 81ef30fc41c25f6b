"""Where the local cloud still differs from AWS: what `cognito-app status` prints and `docs/local-cloud.md` lists.

One row for each difference that a developer could be misled by. Whoever closes one removes its row; whoever finds one
adds it here and in the document, whose test compares the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

USER_POOL: Final = "AWS::Cognito::UserPool"
USER_POOL_CLIENT: Final = "AWS::Cognito::UserPoolClient"
DOMAIN: Final = "AWS::Cognito::UserPoolDomain"
PROVIDER: Final = "AWS::Cognito::UserPoolIdentityProvider"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One way in which the local cloud is not AWS.

    Args:
        area: The chapter of the document it stands in, such as `Sign-in`.
        here: What happens here, beside what AWS does.
        kinder: Whether something works here that AWS refuses. False: AWS allows what is refused or missing here.
        reason: Why it stays.
        concerns: The resource types it matters to. Empty: every app.
    """

    area: Literal["Sign-in"]
    here: str
    kinder: bool
    reason: str
    concerns: frozenset[str] = frozenset()


DIFFERENCES: Final[tuple[Difference, ...]] = (
    Difference(
        area="Sign-in",
        here="E-mails and SMS are kept for you to read and never sent.",
        kinder=False,
        reason="Nothing leaves the machine.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="Social, OIDC and SAML providers are not reached, so nobody federates unless the provider runs locally.",
        kinder=False,
        reason="Nothing leaves the machine.",
        concerns=frozenset({PROVIDER}),
    ),
)
"""Every known difference, in the order of the document."""


def differences(types: Iterable[str] | None = None) -> list[Difference]:
    """Return the differences that matter.

    Args:
        types: The resource types that are deployed. None: all differences.
    """
    if types is None:
        return list(DIFFERENCES)
    deployed = frozenset(types)
    return [each for each in DIFFERENCES if not each.concerns or each.concerns & deployed]
