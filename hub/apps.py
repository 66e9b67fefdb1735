from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "hub"

    def ready(self) -> None:
        from django.apps import apps
        from django.db.models.signals import post_migrate, pre_migrate
        from simple_history.signals import pre_create_historical_record

        import hub.celery
        import hub.lookups  # noqa: F401  (``__among``)
        from hub import history, outbox, reactions
        from hub.accounts.roles import establish_roles, remember_permissions

        pre_create_historical_record.connect(history.seal, dispatch_uid="hub.history.seal")
        outbox.react_with(reactions.REACTIONS)
        # Permissions exist only after the last app's migrations; Django has no other hook there.
        pre_migrate.connect(remember_permissions, sender=apps.get_app_config("hub"))
        post_migrate.connect(establish_roles, sender=apps.get_app_config("syncs"))
