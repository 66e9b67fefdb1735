from django.apps import AppConfig
from django.db.models import Q

from hub.access import Access


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from customers import dossier, erasure, references
        from hub.events import EventName
        from hub.notifications import registry
        from scheduling import chronicle, erasing, telling
        from scheduling.models import Appointment, Series, WaitingEntry
        from scheduling.moving_in import forgetting
        from scheduling.waiting import erasing as waits
        from scheduling.waiting import twins
        from scheduling.waiting.letters import KIND

        references.register_reach(_customers_of_own_appointments)
        references.register(
            references.Reference(
                "appointment",
                Appointment,
                "appointment",
                "appointments",
                EventName.APPOINTMENT_UPDATED,
            )
        )
        references.register(
            references.Reference("series", Series, "series", "series", EventName.SERIES_UPDATED)
        )
        references.register(
            references.Reference(
                "waiting",
                WaitingEntry,
                "waiting list entry",
                "waiting list entries",
                EventName.WAITING_UPDATED,
            )
        )
        references.register_settlement(
            references.Settlement("waiting_ended", twins.settle, twins.restore)
        )
        telling.register()
        registry.register(KIND)
        chronicle.register()
        erasure.register_part(erasing)
        erasure.register_part(forgetting)
        dossier.register_chapter("appointments", chronicle.told_of)
        dossier.register_chapter("waiting list", waits.told_of)
        erasure.register_part(waits)


def _customers_of_own_appointments(access: Access) -> Q:
    from scheduling.models import Appointment, Staff

    own = Staff.objects.filter(user=access.user_id)
    return Q(pk__in=Appointment.objects.taken_by(own).values("customer"))
