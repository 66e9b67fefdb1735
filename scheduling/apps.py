from django.apps import AppConfig
from django.db.models import Q

from hub.access import Access


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from customers import references
        from scheduling import telling

        references.register_reach(_customers_of_own_appointments)
        telling.register()


def _customers_of_own_appointments(access: Access) -> Q:
    return Q(appointments__staff__user=access.user_id)
