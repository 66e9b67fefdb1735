"""Lookups that Django does not have."""

import json
from typing import Any

from django.db.models import CharField, Lookup


@CharField.register_lookup
class Among(Lookup):
    """Any of many texts; of a thousand, ``in`` makes a thousand parameters."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        texts = "ARRAY(SELECT json_array_elements_text(%s::json))"
        return f"{column} = ANY ({texts})", (*parameters, json.dumps(self.rhs))
