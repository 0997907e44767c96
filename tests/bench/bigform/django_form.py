"""The peer on Python: Django forms and a formset, its templates cached, served by gunicorn with one process for each core.
BIGFORM names the description that make.mjs writes."""
import json
import os

from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.forms import formset_factory
from django.http import HttpResponse
from django.template import loader
from django.urls import path

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A big form</title></head><body><h1>A big form</h1><form class="form" method="post" action="/" novalidate>
{% for section in sections %}<section class="section" id="section-{{ section.id }}" aria-labelledby="section-{{ section.id }}-title"><h2 class="section__title" id="section-{{ section.id }}-title">{{ section.title }}</h2>
{% for field in section.fields %}<div class="field{% if field.errors %} field--invalid{% endif %}"><label class="label" for="{{ field.id_for_label }}">{{ field.label }}</label>
{% if field.errors %}<p class="fault">{{ field.errors.0 }}</p>
{% endif %}{{ field }}</div>
{% endfor %}</section>
{% endfor %}<button class="button" type="submit">Continue</button></form></body></html>"""

settings.configure(
    DEBUG=False, SECRET_KEY="bench", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, USE_TZ=True, MIDDLEWARE=[],
    DATA_UPLOAD_MAX_NUMBER_FIELDS=2000,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {
        "loaders": [("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", {"page.html": PAGE})])]}}])

with open(os.environ["BIGFORM"], encoding="utf-8") as file:
    SPEC = json.load(file)


def field_of(spec):
    attrs = {"class": "input", "aria-required": "true"}
    kind, label = spec["kind"], spec["label"]
    if kind == "number":
        return forms.DecimalField(label=label, min_value=0, max_value=1000, widget=forms.TextInput(attrs))
    if kind == "date":
        return forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs))
    if kind == "choice":
        return forms.ChoiceField(label=label, choices=[(o, o) for o in spec["options"]], widget=forms.RadioSelect)
    if kind == "email":
        return forms.EmailField(label=label, widget=forms.EmailInput(attrs))
    return forms.CharField(label=label, max_length=100, widget=forms.TextInput(attrs))


application = get_wsgi_application()
Big = type("Big", (forms.Form,), {f["id"]: field_of(f) for s in SPEC["sections"] for f in s["fields"]})
Item = type("Item", (forms.Form,), {f["id"]: field_of(f) for f in SPEC["group"]["fields"]})
GROUP, COUNT = SPEC["group"]["id"], SPEC["group"]["count"]
Items = formset_factory(Item, extra=0, min_num=1, max_num=COUNT, validate_max=True)


def show(request):
    if request.method == "POST":
        data = request.POST.copy()
        names = [f["id"] for f in SPEC["group"]["fields"]]
        total = 0
        while total < COUNT and f"{GROUP}.{total}.{names[0]}" in data:
            for name in names:
                data[f"{GROUP}-{total}-{name}"] = data[f"{GROUP}.{total}.{name}"]
            total += 1
        data[f"{GROUP}-TOTAL_FORMS"], data[f"{GROUP}-INITIAL_FORMS"] = str(total), "0"
        big, items = Big(data), Items(data, prefix=GROUP)
        big.is_valid(), items.is_valid()
    else:
        big, items = Big(), Items(prefix=GROUP)
    sections = [{"id": s["id"], "title": s["title"], "fields": [big[f["id"]] for f in s["fields"]]} for s in SPEC["sections"]]
    sections += [{"id": f"{GROUP}-{i}", "title": f"{SPEC['group']['title']} {i + 1}", "fields": list(form)} for i, form in enumerate(items)]
    return HttpResponse(loader.get_template("page.html").render({"sections": sections}))


urlpatterns = [path("", show)]
