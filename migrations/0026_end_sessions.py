"""Who has signed out everywhere, and how often: sessions of an earlier turn are over."""

from peewee import BigIntegerField, DateTimeField, IntegerField, Model


class SessionTurn(Model):
    person_id = BigIntegerField(primary_key=True)
    turn = IntegerField()
    at = DateTimeField(index=True)

    class Meta:
        legacy_table_names = False


MODELS = [SessionTurn]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
