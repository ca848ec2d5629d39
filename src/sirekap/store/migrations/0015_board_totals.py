"""The votes of a village in one row for 24 numbers instead of a row a number.

A nation's sums over 18 parties read 1.5 million rows before, 84,000 now. The triggers of 0008 that keep them are
made anew, the counts in them as they were.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

BOARDS = import_module("sirekap.store.migrations.0008_boards")
WIDE = 24
COLUMNS = tuple(f"v{place}" for place in range(WIDE))
KEPT = ("store_count_new", "store_count_changed", "store_count_gone")


def value(postgresql, row, place):
    """One number's votes on a sheet's row, 0 where it has none; `part` says which 24 numbers."""
    where = f"(part * {WIDE} + {place})"
    if postgresql:
        return f"coalesce(({row}.votes ->> {where})::bigint, 0)"
    return f"coalesce(json_extract({row}.votes, '$[' || {where} || ']'), 0)"


def parts(postgresql, row):
    """The parts that a sheet's votes fill."""
    if postgresql:
        length = f"CASE WHEN jsonb_typeof({row}.votes) = 'array' THEN jsonb_array_length({row}.votes) ELSE 0 END"
        return f"SELECT generate_series(0, ({length} + {WIDE - 1}) / {WIDE} - 1) AS part"
    return f"SELECT key / {WIDE} AS part FROM json_each({row}.votes) WHERE key % {WIDE} = 0"


def totals(postgresql, plus, minus=""):
    """Add the votes of a sheet's row (and take away those of another), in one statement."""
    sign = "" if plus else "-"
    first = plus or minus
    values = [
        f"{value(postgresql, plus, place)} - {value(postgresql, minus, place)}"
        if plus and minus
        else f"{sign}{value(postgresql, first, place)}"
        for place in range(WIDE)
    ]
    of = " UNION ".join(parts(postgresql, row) for row in (plus, minus) if row)
    names = ", ".join(COLUMNS)
    added = ", ".join(f"{name} = store_boardtotals.{name} + excluded.{name}" for name in COLUMNS)
    changed = f"{plus}.votes IS DISTINCT FROM {minus}.votes" if postgresql else f"{plus}.votes IS NOT {minus}.votes"
    where = changed if plus and minus else "true"
    return (
        f"INSERT INTO store_boardtotals (contest_id, village, part, {names}) "
        f"SELECT {first}.contest_id, substr({first}.station, 1, 10), part, {', '.join(values)} "
        f"FROM ({of}) AS parts WHERE {where} "
        f"ON CONFLICT (contest_id, village, part) DO UPDATE SET {added}"
    )


def programs(postgresql):
    """Name, act and statements of the triggers on sheets that are made anew."""
    votes = {
        "store_count_new": totals(postgresql, "NEW"),
        "store_count_changed": totals(postgresql, "NEW", "OLD"),
        "store_count_gone": totals(postgresql, "", "OLD"),
    }
    for name, _, act, _, statements in BOARDS.programs(postgresql):
        if name in KEPT:
            # The village's row first, then the votes, then what else there was.
            yield name, act, [statements[0], votes[name], *statements[2:]]


def make(editor, programs_):
    postgresql = editor.connection.vendor == "postgresql"
    for name, act, statements in programs_:
        body = "; ".join(statements)
        if postgresql:
            editor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$body$ BEGIN {body}; RETURN NULL; END $body$",
                params=None,
            )
        else:
            editor.execute(f"DROP TRIGGER {name}")
            editor.execute(f"CREATE TRIGGER {name} AFTER {act} ON store_sheet BEGIN {body}; END", params=None)


def widen(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    sums = ", ".join(
        f"coalesce(sum(CASE WHEN (number - 1) % {WIDE} = {place} THEN votes END), 0)" for place in range(WIDE)
    )
    editor.execute(
        f"INSERT INTO store_boardtotals (contest_id, village, part, {', '.join(COLUMNS)}) "
        f"SELECT contest_id, village, (number - 1) / {WIDE}, {sums} FROM store_boardvotes "
        f"GROUP BY contest_id, village, (number - 1) / {WIDE}",
        params=None,
    )
    make(editor, programs(postgresql))
    if postgresql:
        editor.execute("ALTER TABLE store_boardtotals SET (fillfactor = 70)")
        for digits in (2, 4):
            editor.execute(f"DROP STATISTICS store_votes_{digits}")
            editor.execute(f"CREATE STATISTICS store_totals_{digits} ON (left(village, {digits})) FROM store_boardtotals")


def narrow(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    make(editor, [(n, act, body) for n, _, act, _, body in BOARDS.programs(postgresql) if n in KEPT])
    for place, name in enumerate(COLUMNS):
        editor.execute(
            "INSERT INTO store_boardvotes (contest_id, village, number, votes) "
            f"SELECT contest_id, village, part * {WIDE} + {place + 1}, {name} FROM store_boardtotals WHERE {name} <> 0"
        )
    if postgresql:
        editor.execute("ALTER TABLE store_boardvotes SET (fillfactor = 70)")
        for digits in (2, 4):
            editor.execute(f"DROP STATISTICS store_totals_{digits}")
            editor.execute(f"CREATE STATISTICS store_votes_{digits} ON (left(village, {digits})) FROM store_boardvotes")


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0014_reruns'),
    ]

    operations = [
        migrations.CreateModel(
            name='BoardTotals',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('village', models.CharField(max_length=13)),
                ('part', models.PositiveSmallIntegerField()),
                *((name, models.BigIntegerField(default=0)) for name in COLUMNS),
                ('contest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='store.contest')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('contest', 'village', 'part'), name='totals_once')],
            },
        ),
        migrations.RunPython(widen, narrow),
        migrations.DeleteModel(name='BoardVotes'),
    ]
