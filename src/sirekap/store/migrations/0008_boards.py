"""Boards: counts by village, votes by village and ticket, acts by district and hour; telephone numbers.

Triggers keep the counts, in the transaction of the act itself. Each of them writes the village's row of
`store_boardcount` before anything else, so two transactions that each concern one station never wait for each
other in a ring. A later migration that remakes one of these tables on SQLite must make its triggers again.
"""

import django.db.models.deletion
from django.db import migrations, models

STEPS = ("photo", "first", "second", "resolve", "findings")
CAUSES = (
    "illegible", "uncertain", "finding", "conflict", "officer", "unbacked",
    "copy", "pages", "form", "station", "duplicate", "quality",
)
EVENTS = ("delivered", "looked", "typed", "decided")
STATISTICS = (
    ("counts", "store_boardcount", "village_id"),
    ("votes", "store_boardvotes", "village"),
    ("units", "store_unit", "code"),
)


def measures(row):
    """Each column that counts sheets, with what one sheet adds to it."""
    yield "sheets", "1"
    yield "read", f'CASE WHEN {row}."read" THEN 1 ELSE 0 END'
    yield "confirmed", f"CASE WHEN {row}.confirmed THEN 1 ELSE 0 END"
    for state in ("settled", "provisional", "review"):
        yield state, f"CASE WHEN {row}.state = '{state}' THEN 1 ELSE 0 END"
    yield "acknowledged", f"CASE WHEN {row}.answered AND {row}.state <> 'review' THEN 1 ELSE 0 END"
    for step in STEPS:
        yield f"step_{step}", f"CASE WHEN {row}.step = '{step}' THEN 1 ELSE 0 END"
    for place, cause in enumerate(CAUSES):
        yield f"cause_{cause}", f"({row}.causes / {1 << place}) % 2"
    yield "weight", f"CASE WHEN {row}.state = 'review' THEN {row}.weight ELSE 0 END"


COLUMNS = (*(name for name, _ in measures("x")), *EVENTS)


def quoted(names):
    return ", ".join(f'"{name}"' for name in names)


def add_up(table, names):
    return ", ".join(f'"{name}" = {table}."{name}" + excluded."{name}"' for name in names)


def upsert(values, source=""):
    """Add to a village's row: `values` by column, the others 0; contest and station come from `source`."""
    row = ", ".join(values.get(name, "0") for name in COLUMNS)
    return (
        f"INSERT INTO store_boardcount (contest_id, village_id, {quoted(COLUMNS)}) "
        f"SELECT {values['contest']}, substr({values['station']}, 1, 10), {row} {source} "
        f"ON CONFLICT (contest_id, village_id) DO UPDATE SET {add_up('store_boardcount', COLUMNS)}"
    )


def hour(values, at, source):
    """Add to a district's hour."""
    names = ("received", "read", "typed", "decided", "settled")
    row = ", ".join(values.get(name, "0") for name in names)
    return (
        f"INSERT INTO store_boardhour (contest_id, district, hour, {quoted(names)}) "
        f"SELECT {values['contest']}, substr({values['station']}, 1, 6), {at}, {row} {source} "
        f"ON CONFLICT (contest_id, district, hour) DO UPDATE SET {add_up('store_boardhour', names)}"
    )


def hour_of(postgresql, moment):
    """A moment's hour in UTC as text, such as 2024-02-14 08."""
    return f"to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')" if postgresql else f"substr({moment}, 1, 13)"


def votes(postgresql, signed):
    """Add and take away the votes of sheets: (row, sign) each."""
    parts = []
    for row, sign in signed:
        if postgresql:
            part = (
                f"SELECT place AS number, {sign}(value::bigint) AS votes FROM jsonb_array_elements_text("
                f"CASE WHEN jsonb_typeof({row}.votes) = 'array' THEN {row}.votes ELSE '[]'::jsonb END) "
                "WITH ORDINALITY AS one(value, place)"
            )
        else:
            part = (
                f"SELECT key + 1 AS number, {sign}value AS votes FROM json_each({row}.votes) "
                "WHERE type = 'integer'"
            )
        parts.append(part)
    row = signed[0][0]
    return (
        "INSERT INTO store_boardvotes (contest_id, village, number, votes) "
        f"SELECT {row}.contest_id, substr({row}.station, 1, 10), number, sum(votes) "
        f"FROM ({' UNION ALL '.join(parts)}) AS parts WHERE true GROUP BY number "
        "ON CONFLICT (contest_id, village, number) DO UPDATE SET votes = store_boardvotes.votes + excluded.votes"
    )


def of_sheet(row):
    return {"contest": f"{row}.contest_id", "station": f"{row}.station"}


def changed(sign, row, before=""):
    """The update of a village's row for a sheet that changed or went."""
    old = dict(measures(before)) if before else {}
    parts = [
        f'"{name}" = "{name}" {sign} ({value})' + (f" - ({old[name]})" if before else "")
        for name, value in measures(row)
        if not (before and name == "sheets")
    ]
    return (
        f"UPDATE store_boardcount SET {', '.join(parts)} "
        f"WHERE contest_id = {row}.contest_id AND village_id = substr({row}.station, 1, 10)"
    )


def programs(postgresql):
    """Name, table, when, condition and statements of every trigger."""
    where = "WHERE true"
    yield (
        "store_count_new", "store_sheet", "INSERT", "",
        [upsert({**of_sheet("NEW"), **dict(measures("NEW"))}, where), votes(postgresql, [("NEW", "")])],
    )
    settled = hour({**of_sheet("NEW"), "settled": "1"}, hour_of(postgresql, "NEW.since"),
                   "WHERE NEW.state = 'settled' AND OLD.state <> 'settled' AND NEW.since IS NOT NULL")
    yield (
        "store_count_changed", "store_sheet", "UPDATE", "",
        [changed("+", "NEW", "OLD"), votes(postgresql, [("NEW", ""), ("OLD", "-")]), settled],
    )
    yield (
        "store_count_gone", "store_sheet", "DELETE", "",
        [changed("-", "OLD"), votes(postgresql, [("OLD", "-")])],
    )
    sent = of_sheet("NEW")
    yield (
        "store_count_delivery", "store_delivery", "INSERT", "",
        [upsert({**sent, "delivered": "1"}, where),
         hour({**sent, "received": "1"}, hour_of(postgresql, "NEW.at"), where)],
    )
    source = "FROM store_delivery AS sent WHERE sent.id = NEW.delivery_id"
    sent = of_sheet("sent")
    yield (
        "store_count_result", "store_deliveryresult", "INSERT", "",
        [upsert({**sent, "looked": "1"}, source),
         hour({**sent, "read": "1"}, hour_of(postgresql, "NEW.at"), f"{source} AND NEW.outcome = 'read'")],
    )
    source = "FROM store_sheet AS sheet WHERE sheet.id = NEW.sheet_id"
    typed = {
        **of_sheet("sheet"),
        "typed": "CASE WHEN NEW.number < 3 THEN 1 ELSE 0 END",
        "decided": "CASE WHEN NEW.number = 3 THEN 1 ELSE 0 END",
    }
    yield (
        "store_count_entry", "store_deskentry", "INSERT", "",
        [upsert(typed, source), hour(typed, hour_of(postgresql, "NEW.at"), source)],
    )


def keep(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for name, table, act, _, statements in programs(postgresql):
        body = "; ".join(statements)
        if postgresql:
            editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$body$ BEGIN {body}; RETURN NULL; END $body$",
                params=None,
            )
            editor.execute(
                f"CREATE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()", params=None
            )
        else:
            editor.execute(f"CREATE TRIGGER {name} AFTER {act} ON {table} BEGIN {body}; END", params=None)
    fill(editor, postgresql)
    if postgresql:
        # Room for new versions of a row beside the old one; and how many provinces there are, so that sums
        # over all villages need no sorting.
        editor.execute("ALTER TABLE store_boardcount SET (fillfactor = 70)")
        editor.execute("ALTER TABLE store_boardvotes SET (fillfactor = 70)")
        for digits in (2, 4):
            for name, table, column in STATISTICS:
                editor.execute(f"CREATE STATISTICS store_{name}_{digits} ON (left({column}, {digits})) FROM {table}")


def fill(editor, postgresql):
    """Count what is there already. Votes of sheets of before come with `sirekap boards recount`."""
    groups = "WHERE true GROUP BY one.contest_id, substr(one.station, 1, 10)"
    sums = {name: f"sum({value})" for name, value in measures("one")}
    editor.execute(upsert({**of_sheet("one"), **sums}, f"FROM store_sheet AS one {groups}"), params=None)
    at = hour_of(postgresql, "act.at")
    each = f"GROUP BY one.contest_id, substr(one.station, 1, 6), {at}"
    for joined, told, kept in (
        ("FROM store_delivery AS one JOIN store_delivery AS act ON act.id = one.id",
         {"delivered": "count(*)"}, {"received": "count(*)"}),
        ("FROM store_deliveryresult AS act JOIN store_delivery AS one ON one.id = act.delivery_id",
         {"looked": "count(*)"}, {"read": "sum(CASE WHEN act.outcome = 'read' THEN 1 ELSE 0 END)"}),
        ("FROM store_deskentry AS act JOIN store_sheet AS one ON one.id = act.sheet_id",
         *(2 * ({"typed": "sum(CASE WHEN act.number < 3 THEN 1 ELSE 0 END)",
                 "decided": "sum(CASE WHEN act.number = 3 THEN 1 ELSE 0 END)"},))),
    ):
        editor.execute(upsert({**of_sheet("one"), **told}, f"{joined} {groups}"), params=None)
        editor.execute(hour({**of_sheet("one"), **kept}, at, f"{joined} WHERE true {each}"), params=None)


def let_go(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for name, *_ in STATISTICS if postgresql else ():
        for digits in (2, 4):
            editor.execute(f"DROP STATISTICS store_{name}_{digits}")
    for name, table, *_ in programs(postgresql):
        editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0007_desk'),
    ]

    operations = [
        migrations.CreateModel(
            name='BoardCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheets', models.IntegerField(default=0)),
                ('read', models.IntegerField(default=0)),
                ('confirmed', models.IntegerField(default=0)),
                ('settled', models.IntegerField(default=0)),
                ('provisional', models.IntegerField(default=0)),
                ('review', models.IntegerField(default=0)),
                ('acknowledged', models.IntegerField(default=0)),
                ('step_photo', models.IntegerField(default=0)),
                ('step_first', models.IntegerField(default=0)),
                ('step_second', models.IntegerField(default=0)),
                ('step_resolve', models.IntegerField(default=0)),
                ('step_findings', models.IntegerField(default=0)),
                ('cause_illegible', models.IntegerField(default=0)),
                ('cause_uncertain', models.IntegerField(default=0)),
                ('cause_finding', models.IntegerField(default=0)),
                ('cause_conflict', models.IntegerField(default=0)),
                ('cause_officer', models.IntegerField(default=0)),
                ('cause_unbacked', models.IntegerField(default=0)),
                ('cause_copy', models.IntegerField(default=0)),
                ('cause_pages', models.IntegerField(default=0)),
                ('cause_form', models.IntegerField(default=0)),
                ('cause_station', models.IntegerField(default=0)),
                ('cause_duplicate', models.IntegerField(default=0)),
                ('cause_quality', models.IntegerField(default=0)),
                ('weight', models.IntegerField(default=0)),
                ('delivered', models.IntegerField(default=0)),
                ('looked', models.IntegerField(default=0)),
                ('typed', models.IntegerField(default=0)),
                ('decided', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='BoardHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('district', models.CharField(max_length=6)),
                ('hour', models.CharField(max_length=13)),
                ('received', models.IntegerField(default=0)),
                ('read', models.IntegerField(default=0)),
                ('typed', models.IntegerField(default=0)),
                ('decided', models.IntegerField(default=0)),
                ('settled', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='BoardVotes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('village', models.CharField(max_length=13)),
                ('number', models.PositiveSmallIntegerField()),
                ('votes', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(max_length=13)),
                ('role', models.CharField(max_length=80)),
                ('telephone', models.CharField(max_length=20)),
            ],
        ),
        migrations.AddField(
            model_name='sheet',
            name='votes',
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name='deskclaim',
            index=models.Index(fields=['until'], name='claim_by_end'),
        ),
        migrations.AddIndex(
            model_name='sheet',
            index=models.Index(condition=models.Q(('state', 'review')), fields=['contest', 'station', 'step', 'causes', 'since', 'weight'], name='waiting_by_station'),
        ),
        migrations.AddIndex(
            model_name='sheet',
            index=models.Index(condition=models.Q(('state', 'review')), fields=['contest', '-weight', 'station', 'step', 'causes', 'since'], name='waiting_by_votes'),
        ),
        migrations.AddIndex(
            model_name='sheet',
            index=models.Index(condition=models.Q(('state', 'review')), fields=['contest', 'step', 'since', 'station'], name='waiting_by_age'),
        ),
        migrations.AddField(
            model_name='boardcount',
            name='contest',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='store.contest'),
        ),
        migrations.AddField(
            model_name='boardcount',
            name='village',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='counts', to='store.unit'),
        ),
        migrations.AddField(
            model_name='boardhour',
            name='contest',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='store.contest'),
        ),
        migrations.AddField(
            model_name='boardvotes',
            name='contest',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='store.contest'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['unit'], name='contact_of_unit'),
        ),
        migrations.AddConstraint(
            model_name='boardcount',
            constraint=models.UniqueConstraint(fields=('contest', 'village'), name='counted_once'),
        ),
        migrations.AddConstraint(
            model_name='boardhour',
            constraint=models.UniqueConstraint(fields=('contest', 'district', 'hour'), name='hour_once'),
        ),
        migrations.AddConstraint(
            model_name='boardvotes',
            constraint=models.UniqueConstraint(fields=('contest', 'village', 'number'), name='votes_once'),
        ),
        migrations.RunPython(keep, let_go),
    ]
