"""Register bundles as model versions, and trust the code that they name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from ai.errors import AiError
from annotations.assist import bundles, policies
from annotations.assist.errors import BundleRefusedError
from annotations.assist.models import Model, ModelVersion
from annotations.assist.types import VersionSource
from annotations.assist.weights import foreign_names
from annotations.reading.models import Project
from audit.services import record_action
from common.clock import now
from common.errors import ConflictError, DeniedError, InvalidError

SHIPPED = Path(__file__).resolve().parents[1] / "shipped"


@dataclass(frozen=True, slots=True)
class PackedBundle:
    """A bundle that was looked at and stored as a blob; `add_version` makes it a model version."""

    blob: str
    sha256: str
    size_bytes: int
    weights_sha256: str
    labels: dict[str, str]
    metadata: dict[str, Any]
    untrusted_targets: list[str] = field(default_factory=list)


def register_bundle(*, actor: User | None, source: Path, name: str = "") -> ModelVersion:
    """Register the bundle in a folder or zip as the next version of the model `name`.

    Nothing of the bundle is executed. An unknown name makes a new model.

    Parameters
    ----------
    actor : User or None
        An administrator; None is the operator of the machine at the command line.
    source : Path
        A bundle's folder, or a zip with one.
    name : str, optional
        The model's name; the bundle's own, or the file's, when left out.

    Raises
    ------
    DeniedError
        The actor is no administrator.
    BundleRefusedError
        It is not a bundle, lacks its network config, or holds weights that carry code.
    ConflictError
        These very bytes are a version already, or the name belongs to a project's own model.
    """
    _check_may_register(actor)
    packed = pack(source)
    title = (name or str(packed.metadata.get("name") or source.stem)).strip()[:120]
    with transaction.atomic():
        model = Model.objects.select_for_update().filter(name=title).first() or Model.objects.create(
            name=title, description=str(packed.metadata.get("description", ""))
        )
        if model.project_id is not None:
            raise ConflictError(f"{title} is the name of a model that a project trains; choose another name.")
        version = add_version(model=model, packed=packed, source=VersionSource.UPLOADED, actor=actor)
        record_action(
            actor=actor,
            action="model.register",
            subject=f"model_version:{version.pk}",
            detail={"name": str(version), "sha256": packed.sha256, "untrusted_targets": packed.untrusted_targets},
        )
    return version


def register_shipped() -> list[ModelVersion]:
    """Register every bundle that came with the product; those that are there already stay as they are."""
    found = []
    for folder in sorted(path for path in SHIPPED.glob("*") if (path / "configs").is_dir()):
        packed = pack(folder)
        title = str(packed.metadata.get("name") or folder.name)[:120]
        with transaction.atomic():
            model, _ = Model.objects.select_for_update().get_or_create(
                name=title, defaults={"description": str(packed.metadata.get("description", ""))}
            )
            version = model.versions.filter(bundle_sha256=packed.sha256).first()
            if version is None:
                version = add_version(model=model, packed=packed, source=VersionSource.SHIPPED, actor=None)
                record_action(
                    actor=None,
                    action="model.register",
                    subject=f"model_version:{version.pk}",
                    detail={"name": str(version), "sha256": packed.sha256, "shipped": True},
                )
        found.append(version)
    return found


def project_model(*, project: Project) -> Model:
    """Return the line of models that is trained in `project`, made when first asked for."""
    model = Model.objects.filter(project=project).first()
    if model is not None:
        return model
    name = project.name[:110]
    if Model.objects.filter(name=name).exists():
        name = f"{name} {str(project.pk)[:8]}"
    return Model.objects.create(name=name, project=project, description=f"Trained in the project {project.name}")


def add_version(*, model: Model, packed: PackedBundle, source: VersionSource, actor: User | None) -> ModelVersion:
    """Write the next version of `model`; the caller holds the transaction and the model's lock.

    Raises
    ------
    ConflictError
        The model has these very bytes already.
    """
    same = model.versions.filter(bundle_sha256=packed.sha256).first()
    if same is not None:
        raise ConflictError(
            f"This bundle is registered already, as {same}.",
            code="bundle_known",
            fields={"model_version": str(same.pk)},
        )
    newest = model.versions.aggregate(newest=Max("number"))["newest"] or 0
    return ModelVersion.objects.create(
        model=model,
        number=newest + 1,
        source=source,
        bundle=packed.blob,
        bundle_sha256=packed.sha256,
        weights_sha256=packed.weights_sha256,
        size_bytes=packed.size_bytes,
        metadata=packed.metadata,
        labels=packed.labels,
        untrusted_targets=packed.untrusted_targets,
        created_by=actor,
    )


def pack(source: Path) -> PackedBundle:
    """Look at a bundle without running it, and store it as a zip blob whose bytes depend on its files alone.

    Raises
    ------
    BundleRefusedError
        See `register_bundle`.
    """
    from ai.engines.archive import unpack_bundle
    from ai.engines.bundle import inspect_bundle

    if not source.exists():
        raise BundleRefusedError(f"There is nothing at {source.name}.")
    with bundles.scratch("bundle") as folder:
        try:
            whole = source if source.is_dir() else unpack_bundle(source, folder / "whole")
            report = inspect_bundle(whole)
        except AiError as error:
            raise BundleRefusedError(error.message, code=error.code) from error
        _refuse_unusable(whole, report.problems)
        packed = folder / "bundle.zip"
        bundles.pack_folder(whole, packed)
        with packed.open("rb") as stream:
            sha256 = bundles.sha256_of(stream)
        return PackedBundle(
            blob=bundles.keep_zip(packed, sha256),
            sha256=sha256,
            size_bytes=packed.stat().st_size,
            weights_sha256=report.weights_sha256,
            labels={str(value): name for value, name in report.labels.items()},
            metadata=dict(report.metadata),
            untrusted_targets=sorted(report.untrusted_targets),
        )


def _refuse_unusable(folder: Path, problems: Iterable[str]) -> None:
    from ai.engines.weights import STATE_DICT

    if problems:
        raise BundleRefusedError(" ".join(problems))
    if (folder / STATE_DICT).is_file() and (names := foreign_names(folder / STATE_DICT)):
        raise BundleRefusedError(
            f"The weights carry code ({', '.join(names[:5])}) and are refused. Save the state dict alone: "
            "torch.save(network.state_dict(), 'models/model.pt').",
            code="weights_carry_code",
            fields={"names": names},
        )


def trust_targets(*, actor: User, version: ModelVersion, targets: Iterable[str]) -> ModelVersion:
    """Allow the named config targets of one version to run; recorded with who did it.

    Raises
    ------
    DeniedError
        The actor is no administrator.
    InvalidError
        A target that this bundle does not name, or none at all.
    """
    if not policies.can_trust(user=actor):
        raise DeniedError("Only an administrator may trust the code of a model.")
    named = set(targets)
    with transaction.atomic():
        row = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
        unknown = sorted(named - set(row.untrusted_targets))
        if unknown or not named:
            raise InvalidError(
                "Name the targets to trust, as the bundle lists them.",
                code="unknown_target",
                fields={"unknown": unknown, "untrusted_targets": row.untrusted_targets},
            )
        row.trusted_targets = sorted(named | set(row.trusted_targets))
        row.trusted_by, row.trusted_at = actor, now()
        row.save(update_fields=["trusted_targets", "trusted_by", "trusted_at"])
        record_action(
            actor=actor,
            action="model.trust",
            subject=f"model_version:{row.pk}",
            detail={"name": str(row), "targets": sorted(named), "bundle_sha256": row.bundle_sha256},
        )
    return row


def _check_may_register(actor: User | None) -> None:
    if actor is not None and not policies.can_register(user=actor):
        raise DeniedError("Only an administrator may register a model: a bundle can carry code.")


def check_size(size_bytes: int) -> None:
    """Refuse an upload that is larger than this installation takes.

    Raises
    ------
    InvalidError
    """
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise InvalidError(
            f"The file has {size_bytes} bytes; at most {settings.MAX_UPLOAD_BYTES} are taken.", code="too_large"
        )
