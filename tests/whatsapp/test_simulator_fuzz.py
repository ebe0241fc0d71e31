import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from botpe_app.whatsapp.messages import TYPES
from botpe_app.whatsapp.payloads import parse_message, split
from botpe_app.whatsapp.simulator import events
from botpe_app.whatsapp.simulator.answers import Refusal
from botpe_app.whatsapp.simulator.phones import Phones
from botpe_app.whatsapp.simulator.sending import Sending
from botpe_app.whatsapp.simulator.templates import create
from botpe_app.whatsapp.simulator.world import Number, World, default_customers
from botpe_app.whatsapp.storable import clean
from tests.whatsapp.bodies import post
from tests.whatsapp.outgoing import GOOD
from tests.whatsapp.test_split import any_json

NUMBER = Number("106", "w", "15550783881")
parts = any_json | st.sampled_from([content for _, content in GOOD])


@given(
    st.sampled_from([*TYPES, "poll", ""]),
    parts,
    st.sampled_from(["+34612345678", "447911123456", "x"]) | any_json,
    any_json,
)
def test_any_body_is_accepted_or_refused_with_a_code(
    kind: str, content: object, to: object, other: object
):
    async def send() -> None:
        world = World(customers=default_customers())
        phones = Phones(world, lambda change, told: told(), lambda: None)
        body = {
            "messaging_product": "whatsapp",
            "type": kind,
            kind: content,
            "to": to,
            "context": other,
            "biz_opaque_callback_data": other,
            "typing_indicator": other,
        }
        try:
            answer = Sending(world, phones).accept(NUMBER, body, 0.0)
        except Refusal as refusal:
            answer = refusal.envelope()
        assert ("messages" in answer) != ("error" in answer)

    asyncio.run(send())


@given(st.sampled_from([*TYPES, "system", "edit", "hologram"]), any_json)
def test_whatever_a_customer_sends_our_own_parser_reads_it(kind: str, content: object):
    world = World(customers=default_customers())
    told: list[events.Change] = []
    phones = Phones(world, lambda change, _: told.append(change), lambda: None)
    phones.say(NUMBER, world.customers["ana"], kind, clean(content))
    [update] = split(post(told[0].value))
    assert parse_message(json.loads(json.dumps(update.payload))).type == kind


@given(st.lists(any_json), st.sampled_from(["ok_name", "No-Name"]) | any_json)
def test_any_template_is_made_or_refused_with_a_code(components: object, name: object):
    body = {"name": name, "language": "en", "category": "UTILITY", "components": components}
    try:
        outcome = create([], body).status
    except Refusal as refusal:
        outcome = refusal.code
    assert outcome in ("PENDING", 100)
