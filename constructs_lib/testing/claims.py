"""What a test says somebody can or cannot do: `get Documents public/*`."""

from dataclasses import dataclass, replace
from typing import Final

from constructs_lib.analysis.model.callers import Caller
from constructs_lib.analysis.model.forms import POOL_IDENTITY
from constructs_lib.analysis.model.holder import Holder
from constructs_lib.analysis.model.kinds import kinds
from constructs_lib.analysis.model.model import Model
from constructs_lib.analysis.model.parts import Parts
from constructs_lib.analysis.model.places import OWNER, Owner, Place, Whose, whole

__all__ = ["Claim"]

OTHER: Final = "{other}"
_IDENTITY: Final = Owner(key="cognito-identity.amazonaws.com:sub", form=POOL_IDENTITY)
_SHAPE: Final = "'get Documents public/*' (VERB RESOURCE PLACE)"


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
        if ":" not in verb and verb not in (verbs := {verb: None for kind in kinds() for verb in kind.main}):
            raise ValueError(f"{text!r} starts with {verb!r}: say {', '.join(verbs)} or an IAM action")
        return cls(text=text, verb=verb, resource=resource, where=where.strip())

    def holder(self, model: Model) -> Holder:
        """Return the resource it is about, by its name or by a part of its path that no other has.

        Raises:
            ValueError: If there is none of this name, or several.
        """
        found = [each for each in model.holders if f"/{self.resource}/" in f"/{each.name}/"]
        exact = [each for each in found if each.name == self.resource]
        if len(exact or found) != 1:
            names = ", ".join(sorted(each.name for each in model.holders)) or "none"
            raise ValueError(f"{self.text!r}: the template has no one {self.resource!r}; its resources are {names}")
        return (exact or found)[0]

    def actions(self, holder: Holder, *, forbidden: bool) -> tuple[str, ...]:
        """Return the actions it speaks of: the verb's main one, or, where forbidden, all that come to the same.

        Raises:
            ValueError: If the verb does not fit the resource.
        """
        if ":" in self.verb:
            return (self.verb,)
        if self.verb not in holder.main:
            raise ValueError(
                f"{self.text!r}: the verbs of the {holder.noun or holder.kind} are {', '.join(holder.main)}"
            )
        main = holder.main[self.verb]
        if not forbidden:
            return (main,)
        own = [action for action, verb in holder.verbs.items() if verb == self.verb]
        return (main, *own, *holder.same.get(self.verb, ()))

    def region(self, holder: Holder, everyone: list[Caller]) -> Place:
        """Return the place as a part of the resource.

        Raises:
            ValueError: If it is no route of the API.
        """
        known = Parts(everyone).of(holder)
        if (list(holder.doors()) and " /" in self.where) or holder.main.keys() == {"call"}:
            routes = [region for region in known if region.part == self.where]
            if not routes:
                names = ", ".join(sorted({region.part for region in known if " /" in region.part}))
                raise ValueError(f"{self.text!r}: {holder.name} has no route {self.where!r}; its routes are {names}")
            return next((region for region in routes if region.whose is not Whose.OTHERS), routes[0])
        for word, whose in ((OTHER, Whose.OTHERS), (OWNER, Whose.CALLER)):
            if word in self.where:
                owned = next((region for region in known if region.whose is whose), None)
                owner = (owned.owner if owned else None) or _IDENTITY
                text = self.where.replace(word, f"${{{owner.key}}}")
                return replace(whole(holder), part=self.where, text=text, whose=whose, owner=owner)
        return replace(whole(holder), part=self.where, text=self.where)
