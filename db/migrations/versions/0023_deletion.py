"""Images and persons can be deleted for good, exports are recorded, and accounts sign in through a provider."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_INDICES = {
    "ix_decisions_image_id": ("decisions", "image_id"),
    "ix_frozen_persons_image_id": ("frozen_persons", "image_id"),
    "ix_frozen_persons_label_id": ("frozen_persons", "label_id"),
    "ix_frozen_persons_person_id": ("frozen_persons", "person_id"),
    "ix_labels_started_from": ("labels", "started_from"),
    "ix_person_scores_person_id": ("person_scores", "person_id"),
    "ix_second_labels_first_label_id": ("second_labels", "first_label_id"),
}
"""What points at an image or a person is found without reading whole tables."""


def upgrade() -> None:
    """Nothing was deleted yet, and of exports before nothing is known."""
    op.create_table(
        "tombstones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("why", sa.String(1000), nullable=False),
        sa.Column("allowed_at", _MOMENT, nullable=True),
        sa.Column("allowed_by", sa.String(64), nullable=True),
        sa.CheckConstraint("kind IN ('image', 'person')", name="ck_tombstones_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_tombstones"),
        sa.UniqueConstraint("digest", name="uq_tombstones_digest"),
    )
    op.create_table(
        "exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("via", sa.String(80), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("labelled", sa.Integer(), nullable=False),
        sa.Column("last_image_id", sa.Integer(), nullable=False),
        sa.Column("last_person_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(512), nullable=True),
        sa.Column("subject", sa.String(255), nullable=True),
        sa.Column("email", sa.String(320), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("linked_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_identities_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("user_id", name="uq_identities_user_id"),
        sa.UniqueConstraint("issuer", "subject", name="uq_identities_issuer_subject"),
        sa.UniqueConstraint("email", name="uq_identities_email"),
    )
    for name in ("images_made", "persons_made"):
        op.add_column("project", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name, (table, column) in _INDICES.items():
        op.create_index(name, table, [column])


def downgrade() -> None:
    """Take it away."""
    for name, (table, _) in _INDICES.items():
        op.drop_index(name, table)
    for name in ("images_made", "persons_made"):
        op.drop_column("project", name)
    for table in ("identities", "exports", "tombstones"):
        op.drop_table(table)
