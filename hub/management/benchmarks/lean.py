"""The bare limit of booking over HTTP: one DRF view, one insert under the same constraint.

No permissions, history, outbox, rules or customer. Served by the same server as the hub.
"""

import os
from uuid import uuid4

import django
from django.core.wsgi import get_wsgi_application
from django.urls import path
from rest_framework import serializers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

TABLE = """
    CREATE TABLE bench_slot (
        id uuid PRIMARY KEY, subject text NOT NULL, unit smallint NOT NULL,
        block tstzrange NOT NULL, active boolean NOT NULL,
        EXCLUDE USING gist (subject WITH =, unit WITH =, block WITH &&) WHERE (active)
    );
    GRANT ALL ON bench_slot TO hub_app;
"""


class Slot(serializers.Serializer[object]):
    subject = serializers.CharField(max_length=48)
    start_at = serializers.DateTimeField()
    end_at = serializers.DateTimeField()


class LeanBooking(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def post(self, request: Request) -> Response:
        slot = Slot(data=request.data)
        slot.is_valid(raise_exception=True)
        values = slot.validated_data
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_slot VALUES (%s, %s, 1, tstzrange(%s, %s), true) RETURNING id",
                [uuid4(), values["subject"], values["start_at"], values["end_at"]],
            )
            row = cursor.fetchone()
        return Response({"id": str(row[0]) if row else "", **slot.data}, status=201)


urlpatterns = [path("slots", LeanBooking.as_view())]
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()
