"""Pseudo parameters ("Get AWS values using pseudo parameters", CloudFormation user guide)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PARTITION: Final = MappingProxyType({"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"})
"""The values for ARNs, which are the same in the model for every partition."""
ANY_PARTITION: Final[Mapping[str, str]] = MappingProxyType({})
"""The known values for comparisons, which differ between partitions."""
OF_ONE_STACK: Final = frozenset({"AWS::NotificationARNs", "AWS::StackId", "AWS::StackName"})
"""Pseudo parameters that are different in each stack."""
