"""The two answers that belong to no app: the front end's page and the API schema."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET
from django.views.defaults import page_not_found
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)

schema = SpectacularAPIView.as_view(permission_classes=[IsAuthenticated])


@require_GET
@ensure_csrf_cookie
def front_end(request: HttpRequest) -> HttpResponse:
    """Serve the built front end; every page address is its own affair."""
    index = settings.FRONTEND_DIST / "index.html"
    if not index.is_file():
        return HttpResponse(
            "The front end is not built yet. Run: make frontend", status=503, content_type="text/plain; charset=utf-8"
        )
    response = HttpResponse(index.read_bytes(), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Cache-Control"] = "no-cache"
    return response


def nothing_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for addresses that are none: programs in the shape of every other refusal."""
    if not request.path.startswith(("/api/", "/dicomweb/")):
        return page_not_found(request, exception)
    error = {"code": "no_such_address", "message": "There is nothing at this address.", "fields": {}}
    return JsonResponse({"error": error}, status=404)
