"""Other people's websites, the origins by which each is reached, and the addresses of their pages."""

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, Model


class Table(Model):
    class Meta:
        legacy_table_names = False


class Site(Table):
    id = BigAutoField()
    owner_id = BigIntegerField(index=True)
    name = CharField(max_length=60)
    created_at = DateTimeField()


class SiteOrigin(Table):
    origin = CharField(max_length=200, primary_key=True)
    site_id = BigIntegerField(index=True)


class SitePage(Table):
    digest = CharField(max_length=64, primary_key=True)
    site_id = BigIntegerField()
    post_id = BigIntegerField()
    url = CharField(max_length=500)
    created_at = DateTimeField()

    class Meta:
        indexes = ((("post_id",), False), (("site_id", "created_at"), False))


MODELS = [Site, SiteOrigin, SitePage]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
