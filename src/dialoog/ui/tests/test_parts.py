"""Tags and parts: what they write, and that everything in them is escaped."""

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from dialoog.ui import fields, rows

EVIL = "<b onclick=x>&"


@pytest.fixture(autouse=True)
def _dutch():
    with override("nl"):
        yield


def show(source, **values):
    values.setdefault("request", RequestFactory().get("/"))
    return Template("{% load ui %}" + source).render(Context(values))


class Sheet(forms.Form):
    name = forms.CharField(label="Naam", help_text="Kort.", max_length=5)
    note = forms.CharField(label="Notitie", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Soort", choices=[("a", "Een"), ("b", "Twee")], widget=forms.RadioSelect)


def test_a_field_names_its_hint_and_its_error():
    form = Sheet({"name": "te lang"})
    html = show("{% field form.name %}", form=form)
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name-error"' in html
    assert 'value="te lang"' in html


def test_a_browser_never_cuts_off_or_refuses_what_somebody_types():
    html = show("{% field form.name %}", form=Sheet())
    assert "maxlength" not in html
    assert " required" not in html
    assert 'aria-required="true"' in html


def test_only_what_may_be_left_out_says_so():
    assert "(optioneel)" in show("{% field form.note %}", form=Sheet())
    assert "(optioneel)" not in show("{% field form.name %}", form=Sheet())


def test_cards_carry_their_description_and_example():
    source = "{% field form.kind cards=1 descriptions=said examples=shown %}"
    html = show(source, form=Sheet(), said={"a": "De eerste"}, shown={"b": EVIL})
    assert "<small>De eerste</small>" in html
    assert "<em>&lt;b onclick=x&gt;&amp;</em>" in html


def test_the_summary_leads_to_each_field_and_to_the_first_of_several_choices():
    html = show("{% error_summary form %}", form=Sheet({}))
    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html
    assert show("{% error_summary form %}", form=Sheet()).strip() == ""


def test_the_summary_tells_fields_apart_that_miss_the_same():
    html = show("{% error_summary form %}", form=Sheet({}))
    assert "Naam: Dit veld is verplicht." in html
    assert "Soort: Dit veld is verplicht." in html
    alone = show("{% error_summary form %}", form=Sheet({"kind": "a"}))
    assert "Naam:" not in alone


def test_problems_of_a_formset_are_found_in_order():
    many = forms.formset_factory(Sheet, extra=0, min_num=2, validate_min=True)
    sent = many({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "x"})
    assert [problem.id for problem in fields.problems(sent)][:2] == ["", "id_form-0-kind_0"]


@pytest.mark.parametrize(
    "source",
    [
        "{% pagehead text lead=text over=text %}{% endpagehead %}",
        '{% notice "bad" title=text url="/" action=text %}{{ text }}{% endnotice %}',
        '{% empty "first" url="/" action=text %}{{ text }}{% endempty %}',
        "{% menu text %}{{ text }}{% endmenu %}",
        '{% dialog id="x" title=text %}{{ text }}{% enddialog %}',
        '{% tag "good" text %}',
        '{% icon "x" label=text %}',
        '{% part "facts" facts %}',
        '{% part "figures" figures %}',
        '{% part "segments" tabs label=text %}',
        '{% part "preview" preview %}',
        '{% part "conversation" conversation %}',
    ],
)
def test_every_text_is_escaped(source):
    net = rows.Network(icon="bluesky", name=EVIL)
    html = show(
        source,
        text=EVIL,
        facts=[(EVIL, EVIL)],
        figures=[rows.Figure(label=EVIL, value=EVIL, sub=EVIL, url=EVIL)],
        tabs=[rows.Tab(label=EVIL, url=EVIL)],
        preview=rows.Preview(network=net, author=EVIL, initials=EVIL, handle=EVIL, text=EVIL, over=EVIL),
        conversation=rows.ConversationRow(
            id="c", who=EVIL, initials=EVIL, url=EVIL, topic=EVIL, text=EVIL, network=net, typing=EVIL
        ),
    )
    assert "<b onclick" not in html
    assert "&lt;b onclick=x&gt;&amp;" in html


def test_a_post_that_changes_something_is_sent_with_its_token():
    action = rows.Action(label="Pak op", url="/pak/", post=True)
    html = show("{% include 'ui/parts/action.html' %}", action=action, csrf_token="geheim")
    assert 'method="post"' in html
    assert "geheim" in html


def test_a_table_reads_as_a_table_and_sorts_by_a_link():
    columns = [
        rows.Column(label="Werk", sort_url="?op=werk", sorted="ascending"),
        rows.Column(label="Uren", is_number=True),
    ]
    table = rows.Table(
        caption="Kosten",
        columns=columns,
        rows=[rows.TableRow(cells=["Antwoorden", "4"])],
        foot=["Samen", "4"],
    )
    html = show('{% part "table" table %}', table=table)
    assert "<caption>Kosten</caption>" in html
    assert 'aria-sort="ascending"' in html
    assert 'data-label="Uren"' in html
    assert not table.has_actions


def test_a_row_with_too_few_cells_is_noticed():
    table = rows.Table(caption="x", columns=[rows.Column(label="a")], rows=[rows.TableRow(cells=["1", "2"])])
    with pytest.raises(ValueError, match="zip"):
        table.lines()
