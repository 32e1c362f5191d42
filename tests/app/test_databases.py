"""The database that tests run on."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_it_is_a_real_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 180000
