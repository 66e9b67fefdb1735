"""The start page: the first page that the signed-in person may open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hub import access
from hub.web.navigation import pages


@access.signed_in
def home(request: HttpRequest) -> HttpResponse:
    allowed = pages(access.of(request))
    if allowed:
        return redirect(allowed[0].url)
    return render(request, "hub/home.html")
