"""Values that stand for the CDK's where a test needs no stack: they implement its interfaces, and nothing behind."""

from typing import Any, Final

import jsii
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_lambda as lambda_


@jsii.implements(lambda_.IFunction)
class _Function:
    """A function."""


@jsii.implements(acm.ICertificate)
class _Certificate:
    """A certificate."""


FUNCTION: Final[Any] = _Function()
CERTIFICATE: Final[Any] = _Certificate()
