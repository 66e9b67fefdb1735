"""Looking for a name uses its index right after an import, before there are statistics."""

import pytest
from django.db import connection

from customers.duplicates import BY_NAME, FOUND_BY_NAME, SIMILARITY

pytestmark = pytest.mark.django_db
# A table just like that of customers, so that it is free of statistics and of what others wrote.
FRESH = """
    CREATE TEMPORARY TABLE fresh (LIKE customers_customer INCLUDING DEFAULTS INCLUDING INDEXES)
"""
MANY = """
    INSERT INTO fresh (id, number, given_name, family_name, company, tax_id, street, postal_code,
        city, country, language, notes, search_name, created_at, version)
    SELECT gen_random_uuid(), place, '', '', '', '', '', '', '', '', '', '', md5(place::text),
        now(), 1
    FROM generate_series(1, 3000) place
"""
ALIKE = BY_NAME.replace("customers_customer", "fresh")
NAME = "marchetti claire"
PLAIN_INDEX = "CREATE INDEX ON fresh (canonical_id)"


def plan() -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL pg_trgm.similarity_threshold = {SIMILARITY}")
        cursor.execute("SET LOCAL enable_seqscan = off")  # as if there were many more
        cursor.execute(f"EXPLAIN {ALIKE}", [NAME, NAME, FOUND_BY_NAME])
        return "\n".join(row[0] for row in cursor.fetchall())


def test_a_name_is_found_by_its_index_before_there_are_statistics() -> None:
    """Else the planner takes the plain index of the merged, and reads the whole table by it."""
    with connection.cursor() as cursor:
        cursor.execute(FRESH)
        cursor.execute(MANY)
        assert "Index Cond: ((search_name)::text %" in plan()

        cursor.execute(PLAIN_INDEX)
        assert "Index Cond: (canonical_id IS NULL)" in plan(), "the control: with a plain index"
