"""Saying that a database is the original after all: it was moved on purpose, and nothing else publishes from it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dialoog.core.identity import instance_id
from dialoog.publishing.models import Delivery, DeliveryStep


@transaction.atomic
def adopt(*, now: datetime) -> tuple[int, int]:
    """Let what is planned for later go out from here; return how many, and how many still wait for a person.

    What should have left by now stays held: it may stand on its network already.
    """
    here = instance_id()
    later = _rows().filter(due_at__gt=now).exclude(instance_id=here)
    planned = later.filter(state="scheduled").update(instance_id=here)
    held = list(later.filter(state="held", reason_code="restored_copy"))
    for one in held:
        _rows().filter(pk=one.pk, state="held").update(
            state="scheduled", instance_id=here, reason_code="", reason={}
        )
    DeliveryStep.objects.bulk_create(
        DeliveryStep(
            organisation_id=one.organisation_id,
            delivery=one,
            old="held",
            new="scheduled",
            at=now,
            code="adopted",
        )
        for one in held
    )
    left = _rows().filter(state="held", reason_code="restored_copy").count()
    return planned + len(held), left


def _rows() -> QuerySet[Delivery]:
    return Delivery._base_manager.all()  # noqa: SLF001 - an operator's command, over all organisations
