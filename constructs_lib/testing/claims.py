"""What a test says somebody can or cannot do: `get Documents public/*`."""

from dataclasses import dataclass, replace
from typing import Final

from constructs_lib.actions import DYNAMODB_VERBS, S3_VERBS, Verb
from constructs_lib.analysis.matrix.principals import Who
from constructs_lib.analysis.matrix.regions import EVERYTHING, Region, Whose, regions_of
from constructs_lib.analysis.model.model import Api, Bucket, Model, Table

__all__ = ["Claim"]

OWNER: Final = "{owner}"
OTHER: Final = "{other}"
_IDENTITY: Final = "cognito-identity.amazonaws.com:sub"
_SHAPE: Final = "'get Documents public/*' (VERB RESOURCE PLACE)"
_CALL: Final = "call"
# What besides the language's own actions shows or changes the same: it counts where something must not be possible.
_ALSO: Final = {
    (Bucket, Verb.GET): ("s3:GetObjectVersion", "s3:GetObjectTorrent"),
    (Bucket, Verb.LIST): ("s3:ListBucketVersions",),
    (Bucket, Verb.DELETE): ("s3:DeleteObjectVersion",),
    (Table, Verb.GET): ("dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect"),
    (Table, Verb.LIST): ("dynamodb:Scan", "dynamodb:PartiQLSelect"),
    (Table, Verb.WRITE): ("dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"),
    (Table, Verb.DELETE): ("dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete"),
}
_MAIN: Final = {
    (Bucket, Verb.GET): "s3:GetObject",
    (Bucket, Verb.LIST): "s3:ListBucket",
    (Bucket, Verb.WRITE): "s3:PutObject",
    (Bucket, Verb.DELETE): "s3:DeleteObject",
    (Table, Verb.GET): "dynamodb:GetItem",
    (Table, Verb.LIST): "dynamodb:Query",
    (Table, Verb.WRITE): "dynamodb:PutItem",
    (Table, Verb.DELETE): "dynamodb:DeleteItem",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One claim about a place.

    Attributes:
        text: As the test says it.
        verb: get, list, write, delete, call, or an IAM action.
        resource: The resource's name in the matrix.
        where: The place: `public/*`, `private/{owner}/*`, `private/{other}/*`, `{owner}`, `*`, `GET /shares`.
    """

    text: str
    verb: str
    resource: str
    where: str

    @classmethod
    def parse(cls, text: str) -> "Claim":
        """Read a claim.

        Raises:
            ValueError: For another shape or an unknown verb.
        """
        verb, _, rest = text.strip().partition(" ")
        resource, _, where = rest.strip().partition(" ")
        if not resource or not where:
            raise ValueError(f"{text!r} is no claim such as {_SHAPE}")
        if ":" not in verb and verb not in {*Verb, _CALL}:
            raise ValueError(f"{text!r} starts with {verb!r}: say get, list, write, delete, call or an IAM action")
        return cls(text=text, verb=verb, resource=resource, where=where.strip())

    def holder(self, model: Model) -> Bucket | Table | Api:
        """Return the resource it is about, by its name or by a part of its path that no other has.

        Raises:
            ValueError: If there is none of this name, or several.
        """
        every: list[Bucket | Table | Api] = [*model.holders, *model.apis]
        found = [each for each in every if f"/{self.resource}/" in f"/{each.name}/"]
        exact = [each for each in found if each.name == self.resource]
        if len(exact or found) != 1:
            names = ", ".join(sorted(each.name for each in every)) or "none"
            raise ValueError(f"{self.text!r}: the template has no one {self.resource!r}; its resources are {names}")
        return (exact or found)[0]

    def actions(self, holder: Bucket | Table | Api, *, forbidden: bool) -> tuple[str, ...]:
        """Return the actions it speaks of: the verb's main one, or, where forbidden, all that come to the same.

        Raises:
            ValueError: If the verb does not fit the resource.
        """
        if ":" in self.verb:
            return (self.verb,)
        if (self.verb == _CALL) != isinstance(holder, Api):
            raise ValueError(f"{self.text!r}: APIs are called, buckets and tables are got, listed, written, deleted")
        if isinstance(holder, Api):
            return ("execute-api:Invoke",)
        verb, kind = Verb(self.verb), type(holder)
        if not forbidden:
            return (_MAIN[kind, verb],)
        verbs = S3_VERBS if isinstance(holder, Bucket) else DYNAMODB_VERBS
        return (_MAIN[kind, verb], *verbs[verb], *_ALSO.get((kind, verb), ()))

    def region(self, holder: Bucket | Table | Api, everyone: list[Who]) -> Region:
        """Return the place as a region of the resource.

        Raises:
            ValueError: If it is no route of the API.
        """
        known = regions_of(holder, everyone)
        if isinstance(holder, Api):
            routes = [region for region in known if region.name == self.where]
            if not routes:
                names = ", ".join(sorted({region.name for region in known if " /" in region.name}))
                raise ValueError(f"{self.text!r}: {holder.name} has no route {self.where!r}; its routes are {names}")
            return next((region for region in routes if region.whose is not Whose.OTHERS), routes[0])
        for word, whose in ((OTHER, Whose.OTHERS), (OWNER, Whose.CALLER)):
            if word in self.where:
                owned = next((region for region in known if region.whose is whose), None)
                model = owned or Region(name="", text="", whose=whose, key=_IDENTITY)
                return replace(model, name=self.where, text=self.where.replace(word, f"${{{model.key}}}"))
        return Region(name=EVERYTHING if self.where == EVERYTHING else self.where, text=self.where)
