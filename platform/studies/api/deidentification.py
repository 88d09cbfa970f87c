"""De-identification: a team's rules, runs, review of held images, and re-identification."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.selectors.people import teams_of, user_for
from common.errors import NotFoundError
from studies.api import deidentification_serializers as shapes
from studies.deident import selectors
from studies.deident.blanking import Region
from studies.models import DeidentificationDemand, DeidentificationProfile, DeidentificationRun, HeldInstance
from studies.requests import actor_of
from studies.services import deident_profiles, deident_review, deident_runs
from studies.services.deident_picture import held_picture
from studies.types import HeldState


def profile_json(actor: User, profile: DeidentificationProfile) -> dict[str, Any]:
    """Return a profile as JSON."""
    versions = list(profile.versions.order_by("-number"))
    newest = versions[0]
    held = HeldInstance.objects.filter(version__profile=profile, state=HeldState.HELD)
    row = {
        "id": profile.pk,
        "team": profile.team_id,
        "name": profile.name,
        "pseudonym_prefix": profile.pseudonym_prefix,
        "version": newest.number,
        "options": newest.options,
        "private_tags": newest.private_tags,
        "used": selectors.is_used(newest),
        "demanded": DeidentificationDemand.objects.filter(profile=profile).exists(),
        "held": held.count(),
        "may_reidentify": selectors.can_reidentify(actor=actor, profile=profile),
        "reidentifiers": [user.pk for user in profile.reidentifiers.order_by("username")],
        "versions": versions,
        "created_at": profile.created_at,
    }
    return dict(shapes.DeidentificationProfileSerializer(row).data)


def run_row(run: DeidentificationRun) -> dict[str, Any]:
    """Return the facts of a run, without its report."""
    job = run.job
    return {
        "id": run.pk,
        "profile": run.version.profile_id,
        "version": run.version.number,
        "job": job.pk if job else None,
        "state": job.state if job else ("succeeded" if run.finished_at else "cancelled"),
        "progress": job.progress if job else 1.0,
        "error_code": job.error_code if job else "",
        "error_message": job.error_message if job else "",
        "series_count": run.series_count,
        "counts": {name: run.counts.get(name, 0) for name in ("made", "present", "held", "refused")},
        "started_by": str(run.created_by or ""),
        "created_at": run.created_at,
        "finished_at": run.finished_at,
    }


def held_row(held: HeldInstance) -> dict[str, Any]:
    """Return the facts of a held instance."""
    names = ("study_uid", "series_uid", "sop_instance_uid", "pseudonym", "modality", "rows", "columns", "frame_count")
    facts = {name: getattr(held, name) for name in (*names, "reasons", "regions", "state", "reason", "created_at")}
    waiting = held.state == HeldState.HELD
    return facts | {
        "id": held.pk,
        "profile": held.version.profile_id,
        "run": held.run_id,
        "picture": f"/api/deidentification/held/{held.pk}/picture" if waiting else "",
        "settled_by": str(held.settled_by or "") if not waiting else "",
        "settled_at": held.settled_at if not waiting else None,
    }


def _page(rows: QuerySet[Any], wish: dict[str, Any], *, newest_first: bool) -> tuple[list[Any], UUID | None]:
    """Return one page by keyset, and the id that the next begins after."""
    if wish.get("after"):
        last = rows.model.objects.filter(pk=wish["after"]).values_list("created_at", "pk").first()
        if last is None:
            raise NotFoundError("The page before this one is gone; begin again.", code="page_gone")
        way = "lt" if newest_first else "gt"
        rows = rows.filter(Q(**{f"created_at__{way}": last[0]}) | Q(created_at=last[0], **{f"pk__{way}": last[1]}))
    order = ("-created_at", "-pk") if newest_first else ("created_at", "pk")
    found = list(rows.order_by(*order)[: wish["limit"] + 1])
    more = len(found) > wish["limit"]
    found = found[: wish["limit"]]
    return found, found[-1].pk if more else None


class ProfilesView(APIView):
    """The profiles of the teams one manages."""

    @extend_schema(
        operation_id="deidentification_profiles", responses=shapes.DeidentificationProfileSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """List them by name."""
        actor = actor_of(request)
        return Response([profile_json(actor, profile) for profile in selectors.visible_profiles(actor=actor)])

    @extend_schema(
        operation_id="deidentification_profile_create",
        request=shapes.NewProfileSerializer,
        responses={201: shapes.DeidentificationProfileSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a profile (managers of the team)."""
        actor = actor_of(request)
        body = shapes.NewProfileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wish = dict(body.validated_data)
        team = teams_of(actor=actor).filter(pk=wish.pop("team")).first()
        if team is None:
            raise NotFoundError("There is no such team.", code="team_not_found")
        profile = deident_profiles.create_profile(actor=actor, team=team, **wish)
        return Response(profile_json(actor, profile), status=status.HTTP_201_CREATED)


class ProfileView(APIView):
    """One profile."""

    @extend_schema(operation_id="deidentification_profile", responses=shapes.DeidentificationProfileSerializer)
    def get(self, request: Request, profile_id: UUID) -> Response:
        """Return it with all versions of its rules."""
        actor = actor_of(request)
        return Response(profile_json(actor, selectors.profile_for(actor=actor, profile_id=profile_id)))

    @extend_schema(
        operation_id="deidentification_profile_update",
        request=shapes.ProfileChangeSerializer,
        responses=shapes.DeidentificationProfileSerializer,
    )
    def patch(self, request: Request, profile_id: UUID) -> Response:
        """Change it; rules that a run has used stay, and the change is a new version."""
        actor = actor_of(request)
        profile = selectors.profile_for(actor=actor, profile_id=profile_id)
        body = shapes.ProfileChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wish = dict(body.validated_data)
        people = wish.pop("reidentifiers", None)
        if people is not None:
            users = [user_for(actor=actor, user_id=user_id) for user_id in people]
            deident_profiles.set_reidentifiers(actor=actor, profile=profile, users=users)
        if wish:
            profile = deident_profiles.update_profile(actor=actor, profile=profile, **wish)
        return Response(profile_json(actor, selectors.profile_for(actor=actor, profile_id=profile.pk)))


class ProfileRunsView(APIView):
    """Runs of one profile."""

    @extend_schema(
        operation_id="deidentification_run_start",
        request=shapes.NewRunSerializer,
        responses={202: shapes.DeidentificationRunSerializer},
    )
    def post(self, request: Request, profile_id: UUID) -> Response:
        """De-identify series that the asker sees, as a job."""
        actor = actor_of(request)
        profile = selectors.profile_for(actor=actor, profile_id=profile_id)
        body = shapes.NewRunSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        run = deident_runs.start_run(actor=actor, profile=profile, **body.validated_data)
        return Response(shapes.DeidentificationRunSerializer(run_row(run)).data, status=status.HTTP_202_ACCEPTED)


class ReidentifyView(APIView):
    """Who is behind a pseudonym."""

    @extend_schema(
        operation_id="deidentification_reidentify",
        request=shapes.ReidentifyQuerySerializer,
        responses=shapes.ReidentifiedSerializer,
    )
    def post(self, request: Request, profile_id: UUID) -> Response:
        """Return the person; administrators and managers whom one has named, always written to the audit record."""
        actor = actor_of(request)
        profile = selectors.profile_for(actor=actor, profile_id=profile_id)
        body = shapes.ReidentifyQuerySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = next(iter(body.validated_data.values()))
        found = deident_profiles.reidentify(actor=actor, profile=profile, wanted=wanted)
        response = Response(shapes.ReidentifiedSerializer(found).data)
        response["Cache-Control"] = "no-store"
        return response


class RunsView(APIView):
    """Runs."""

    @extend_schema(
        operation_id="deidentification_runs",
        parameters=[shapes.RunQuerySerializer],
        responses=shapes.RunPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        query = shapes.RunQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wish = query.validated_data
        rows = selectors.visible_runs(actor=actor_of(request)).defer("report", "sealed_sources")
        if "profile" in wish:
            rows = rows.filter(version__profile=wish["profile"])
        found, following = _page(rows, wish, newest_first=True)
        page = {"results": [run_row(run) for run in found], "next": following}
        return Response(shapes.RunPageSerializer(page).data)


class RunView(APIView):
    """One run."""

    @extend_schema(operation_id="deidentification_run", responses=shapes.DeidentificationRunDetailSerializer)
    def get(self, request: Request, deidentification_run_id: UUID) -> Response:
        """Return it with its report: per study what was changed and why, what is held, what was refused."""
        run = selectors.run_for(actor=actor_of(request), run_id=deidentification_run_id)
        return Response(shapes.DeidentificationRunDetailSerializer(run_row(run) | {"studies": run.report}).data)


class HeldListView(APIView):
    """Images held for review."""

    @extend_schema(
        operation_id="deidentification_held",
        parameters=[shapes.HeldQuerySerializer],
        responses=shapes.HeldPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """List them, oldest first."""
        query = shapes.HeldQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wish = query.validated_data
        rows = selectors.visible_held(actor=actor_of(request)).filter(state=wish["state"])
        if "profile" in wish:
            rows = rows.filter(version__profile=wish["profile"])
        if "run" in wish:
            rows = rows.filter(run=wish["run"])
        found, following = _page(rows, wish, newest_first=False)
        page = {"count": rows.count(), "results": [held_row(held) for held in found], "next": following}
        return Response(shapes.HeldPageSerializer(page).data)


class HeldPictureView(APIView):
    """What a reviewer looks at."""

    @extend_schema(
        operation_id="deidentification_held_picture",
        parameters=[shapes.PictureQuerySerializer],
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, held_id: UUID) -> HttpResponse:
        """Return one frame as PNG in full size, so that small letters can be read."""
        query = shapes.PictureQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        held = selectors.held_for(actor=actor_of(request), held_id=held_id)
        response = HttpResponse(held_picture(held=held, frame=query.validated_data["frame"]), content_type="image/png")
        response["Cache-Control"] = "no-store"
        return response


class HeldReleaseView(APIView):
    """Letting an image go."""

    @extend_schema(
        operation_id="deidentification_held_release",
        request=shapes.ReleaseSerializer,
        responses=shapes.HeldInstanceSerializer,
    )
    def post(self, request: Request, held_id: UUID) -> Response:
        """Release it as it is, with a reason."""
        return _settled(request, held_id, shapes.ReleaseSerializer, deident_review.release_held)


class HeldBlankView(APIView):
    """Blanking."""

    @extend_schema(
        operation_id="deidentification_held_blank",
        request=shapes.BlankSerializer,
        responses=shapes.HeldInstanceSerializer,
    )
    def post(self, request: Request, held_id: UUID) -> Response:
        """Blank regions in all frames and let it go."""

        def blank(*, regions: list[dict[str, int]], **wish: Any) -> HeldInstance:
            return deident_review.blank_held(regions=[Region(**region) for region in regions], **wish)

        return _settled(request, held_id, shapes.BlankSerializer, blank)


class HeldDiscardView(APIView):
    """Giving an image up."""

    @extend_schema(
        operation_id="deidentification_held_discard",
        request=shapes.DiscardSerializer,
        responses=shapes.HeldInstanceSerializer,
    )
    def post(self, request: Request, held_id: UUID) -> Response:
        """Discard it: its bytes are deleted; the original stays as it is."""
        return _settled(request, held_id, shapes.DiscardSerializer, deident_review.discard_held)


def _settled(
    request: Request,
    held_id: UUID,
    shape: type[serializers.Serializer[Any]],
    settle: Callable[..., HeldInstance],
) -> Response:
    """Do with a held instance what was decided, as the body of this shape says it."""
    actor = actor_of(request)
    held = selectors.held_for(actor=actor, held_id=held_id)
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    held = settle(actor=actor, held=held, **body.validated_data)
    return Response(shapes.HeldInstanceSerializer(held_row(held)).data)
