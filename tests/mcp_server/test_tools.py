"""The tools, resources and prompt of the MCP server, through a client in this process."""

from __future__ import annotations

import asyncio
import re
import threading
from urllib.parse import quote

import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")

from mcp.shared.exceptions import MCPError
from support.mcp_clients import in_process

from beliefs import Agent
from beliefs.base.belief_base import BeliefBase
from beliefs.errors import JournalError, LanguageError
from beliefs.language.parser import parse_document
from beliefs.language.sorts import infer
from beliefs.language.syntax import Statement
from beliefs.mcp_server import teaching
from beliefs.mcp_server.failures import report
from beliefs.mcp_server.memory import Limits, Memory

SHOP = """
[runbook @2 "handbook"] forall s. healthy(s) & !frozen(s) -> deployable(s)
[monitor @3 "monitor"] healthy(shop)
[hearsay @1 "chat"] !frozen(shop)
"""

NAMES = [
    "tell", "ask", "why", "why_not", "observe", "report_failure", "review_plan", "revise", "contract", "conflicts",
    "list_beliefs", "undo", "language_help",
]  # fmt: skip

READING = ["ask", "why", "why_not", "review_plan", "conflicts", "list_beliefs", "language_help"]

LIFT = """
(define (domain lift)
  (:requirements :strips)
  (:predicates (at ?f) (unlocked))
  (:action move :parameters (?from ?to) :precondition (and (at ?from) (unlocked))
    :effect (and (at ?to) (not (at ?from)))))
"""


@pytest.fixture
def agent():
    with Agent.in_memory() as agent:
        yield agent


@pytest.fixture
def shop(agent):
    agent.load(SHOP)
    return agent


def entries(agent: Agent) -> int:
    return sum(1 for _ in agent.log())


class TestOffered:
    def test_all_tools_say_what_they_do(self, agent):
        async def scenario(call):
            tools = (await call.client.list_tools()).tools
            assert [tool.name for tool in tools] == NAMES
            for tool in tools:
                assert tool.title
                assert len(tool.description) > 40
                assert tool.annotations.open_world_hint is False
                assert tool.annotations.read_only_hint is (tool.name in READING)
                assert tool.annotations.destructive_hint is not None
                assert tool.annotations.idempotent_hint is not None

        in_process(agent, scenario)

    def test_what_gives_beliefs_up_is_destructive(self, agent):
        async def scenario(call):
            tools = (await call.client.list_tools()).tools
            destructive = [tool.name for tool in tools if tool.annotations.destructive_hint]
            assert destructive == ["observe", "report_failure", "revise", "contract", "undo"]

        in_process(agent, scenario)

    def test_every_argument_and_every_field_of_a_result_is_described(self, agent):
        async def scenario(call):
            for tool in (await call.client.list_tools()).tools:
                for schema in (tool.input_schema, tool.output_schema):
                    every = [schema, *schema.get("$defs", {}).values()]
                    for part in every:
                        for name, field in part.get("properties", {}).items():
                            assert field.get("description"), f"{tool.name}: {name}"

        in_process(agent, scenario)

    def test_the_server_introduces_itself(self, agent):
        async def scenario(call):
            assert "learns from failure" in call.client.instructions

        in_process(agent, scenario)


class TestTell:
    def test_a_belief(self, agent):
        async def scenario(call):
            change = await call(
                "tell", belief="bird(tweety)", name="t", level=3, weight=0.1, source="register"
            )
            assert (change["status"], change["committed"], change["entry"]) == ("done", True, 1)
            assert change["added"] == [
                {
                    "name": "t",
                    "formula": "bird(tweety)",
                    "entrenchment": 3,
                    "weight": 0.1,
                    "source": "register",
                }
            ]

        in_process(agent, scenario)
        assert str(agent.base["t"].entrenchment.weight) == "1/10"

    def test_several_at_once_with_headers(self, agent):
        async def scenario(call):
            change = await call("tell", belief=SHOP)
            assert [belief["name"] for belief in change["added"]] == ["runbook", "monitor", "hearsay"]
            assert change["entry"] == 1

        in_process(agent, scenario)

    def test_what_is_contradicted_changes_nothing(self, shop):
        async def scenario(call):
            change = await call("tell", belief="!deployable(shop)")
            assert (change["status"], change["committed"], change["entry"]) == ("refused", False, None)
            assert change["kernels"] == [["runbook", "monitor", "hearsay"]]

        in_process(shop, scenario)
        assert len(shop.base) == 3

    def test_telling_again_changes_nothing(self, agent):
        async def scenario(call):
            assert (await call("tell", belief="bird(tweety)"))["status"] == "done"
            assert (await call("tell", belief="bird(tweety)"))["status"] == "vacuous"

        in_process(agent, scenario)
        assert entries(agent) == 1

    def test_certain(self, agent):
        async def scenario(call):
            change = await call("tell", belief="p", level="certain")
            assert change["added"][0]["entrenchment"] == "certain"

        in_process(agent, scenario)

    def test_a_dry_run_changes_nothing(self, agent):
        async def scenario(call):
            change = await call("tell", belief="p", dry_run=True)
            assert (change["status"], change["committed"]) == ("done", False)

        in_process(agent, scenario)
        assert entries(agent) == 0

    def test_a_large_text_is_listed_in_part(self, agent):
        async def scenario(call):
            change = await call("tell", belief="\n".join(f"p{number}" for number in range(250)))
            assert (len(change["added"]), change["omitted"]) == (100, 150)

        in_process(agent, scenario)


class TestAsk:
    def test_with_the_beliefs_it_follows_from(self, shop):
        async def scenario(call):
            answer = await call("ask", formula="deployable(shop)")
            assert (answer["verdict"], answer["because"]) == ("believed", ["runbook", "monitor", "hearsay"])
            assert [belief["name"] for belief in answer["beliefs"]] == answer["because"]
            assert answer["beliefs"][2]["source"] == "chat"
            assert (await call("ask", formula="frozen(shop)"))["verdict"] == "disbelieved"
            assert (await call("ask", formula="frozen(blog)"))["verdict"] == "undecided"

        in_process(shop, scenario)

    def test_the_past(self, shop):
        shop.observe("frozen(shop)")

        async def scenario(call):
            answer = await call("ask", formula="deployable(shop)", as_of=1)
            assert [belief["name"] for belief in answer["beliefs"]] == ["runbook", "monitor", "hearsay"]

        in_process(shop, scenario)

    def test_every_reason(self, shop):
        shop.tell("[pager] !frozen(shop) & healthy(shop)", name="pager")

        async def scenario(call):
            found = await call("why", formula="deployable(shop)")
            assert found["complete"]
            assert sorted(map(tuple, found["reasons"])) == [
                ("runbook", "monitor", "hearsay"),
                ("runbook", "pager"),
            ]
            assert len(found["beliefs"]) == 4
            assert not (await call("why", formula="deployable(shop)", limit=1))["complete"]

        in_process(shop, scenario)

    def test_what_is_missing(self, shop):
        async def scenario(call):
            found = await call("why_not", formula="deployable(blog)")
            assert found["verdict"] == "undecided"
            assert found["missing"] == [
                {"believe": ["!frozen(blog)", "healthy(blog)"], "because": ["runbook"]}
            ]
            blocked = await call("why_not", formula="frozen(shop)")
            assert (blocked["blocked_by"], blocked["given_up"]) == ([["hearsay"]], ["hearsay"])
            assert [belief["name"] for belief in blocked["beliefs"]] == ["hearsay", "runbook", "monitor"]
            assert blocked["missing"] == [
                {"believe": ["!deployable(shop)"], "because": ["runbook", "monitor"]}
            ]

        in_process(shop, scenario)


class TestChange:
    def test_an_observation_mends_a_rule(self, agent):
        agent.load("[fly] forall x. bird(x) -> flies(x)\n[robin @3] bird(robin)\n[pingu @3] bird(pingu)")

        async def scenario(call):
            change = await call("observe", observation="!flies(pingu)", source="keeper", level=2)
            assert change["weakened"] == [{"name": "fly.2", "of": "fly"}]
            assert any("fly.2" in sentence for sentence in change["explanation"])
            assert (await call("undo"))["status"] == "done"
            lost = await call("observe", observation="!flies(pingu)", repair=False)
            assert lost["weakened"] == []

        in_process(agent, scenario)

    def test_revision_contraction_and_undoing(self, shop):
        async def scenario(call):
            revised = await call("revise", formula="!deployable(shop)")
            assert [belief["name"] for belief in revised["removed"]] == ["hearsay"]
            assert (await call("revise", formula="!deployable(shop)"))["status"] == "vacuous"
            assert (await call("undo"))["status"] == "done"
            contracted = await call("contract", formula="deployable(shop)")
            assert [belief["name"] for belief in contracted["removed"]] == ["hearsay"]
            assert (await call("ask", formula="deployable(shop)"))["verdict"] == "undecided"

        in_process(shop, scenario)

    def test_conflicts(self, shop):
        shop.tell("frozen(shop)", name="pager", allow_conflict=True)

        async def scenario(call):
            found = await call("conflicts")
            assert found["kernels"] == [["hearsay", "pager"]]
            assert found["complete"]
            answer = await call("ask", formula="healthy(shop)")
            assert answer["verdict"] == "unknown"
            assert "contradicts itself" in answer["reason"]

        in_process(shop, scenario)

    def test_the_list_comes_in_pages(self, agent):
        agent.load("\n".join(f"[n{number}] p{number}(a)" for number in range(7)))

        async def scenario(call):
            page = await call("list_beliefs", offset=2, limit=3)
            assert [belief["name"] for belief in page["beliefs"]] == ["n2", "n3", "n4"]
            assert (page["total"], page["offset"], page["more"]) == (7, 2, True)
            assert not (await call("list_beliefs", offset=5, limit=3))["more"]
            about = await call("list_beliefs", about="p3")
            assert [belief["name"] for belief in about["beliefs"]] == ["n3"]
            assert (await call("list_beliefs", about="nothing"))["total"] == 0

        in_process(agent, scenario)


class TestReportFailure:
    def test_it_expects_observes_and_tells_the_lesson(self, shop):
        async def scenario(call):
            learned = await call(
                "report_failure",
                action="deploy",
                arguments={"service": "shop", "region": "eu"},
                expected="deployable(shop)",
                seen="!deployable(shop)",
            )
            assert learned["action"] == "deploy(service=shop, region=eu)"
            assert learned["expected"]["because"] == ["runbook", "monitor", "hearsay"]
            assert [belief["name"] for belief in learned["change"]["removed"]] == ["hearsay"]
            assert learned["change"]["added"][0]["source"] == "deploy"
            assert learned["episode"] == 1
            assert "`hearsay` is believed no more" in learned["lesson"]

        in_process(shop, scenario)
        assert shop.expectations() == ()
        assert shop.episode(1).expectations[0].because == ("runbook", "monitor", "hearsay")

    def test_what_was_expected_is_not_so_unless_more_is_known(self, shop):
        async def scenario(call):
            learned = await call("report_failure", action="deploy", expected="deployable(shop)")
            assert learned["change"]["input"] == "!deployable(shop)"

        in_process(shop, scenario)

    def test_a_guess_that_failed_is_an_episode_too(self, agent):
        async def scenario(call):
            learned = await call("report_failure", action="open", expected="open(lab)", seen="locked(lab)")
            assert learned["expected"]["because"] == []
            assert (
                learned["episode"] is None
            )  # locked(lab) does not contradict open(lab), by what is believed
            learned = await call("report_failure", action="open", expected="open(lab)")
            assert learned["episode"] == 1

        in_process(agent, scenario)

    def test_where_what_was_seen_is_refused_nothing_changes(self, shop):
        shop.tell("[law @certain] forall s. deployable(s) -> healthy(s)", level="certain")
        before = entries(shop)

        async def scenario(call):
            learned = await call(
                "report_failure",
                action="deploy",
                expected="deployable(shop)",
                seen="deployable(shop) & !healthy(shop)",
            )
            assert learned["change"]["status"] == "refused"
            assert "not taken in" in learned["note"]

        in_process(shop, scenario)
        assert entries(shop) == before

    def test_nothing_can_be_learned_from_nothing(self, shop):
        async def scenario(call):
            message = await call.error("report_failure", action="deploy", arguments=["shop"])
            assert "nothing can be learned from deploy(shop) alone" in message
            assert "such as open(lab)" in message

        in_process(shop, scenario)

    def test_the_beliefs_relied_on_may_be_named(self, shop):
        async def scenario(call):
            learned = await call(
                "report_failure", action="deploy", expected="quick(shop)", because=["monitor"], source="clock"
            )
            assert learned["expected"]["because"] == ["monitor"]
            message = await call.error("report_failure", action="d", expected="p", because=["nobody"])
            assert "nobody" in message

        in_process(shop, scenario)
        assert shop.base["b4"].source == "clock"

    def test_a_dry_run_changes_nothing(self, shop):
        before = entries(shop)

        async def scenario(call):
            learned = await call("report_failure", action="d", expected="deployable(shop)", dry_run=True)
            assert [belief["name"] for belief in learned["change"]["removed"]] == ["hearsay"]
            assert not learned["change"]["committed"]

        in_process(shop, scenario)
        assert entries(shop) == before

    def test_a_known_action_is_reviewed_the_next_time(self, agent, tmp_path):
        pytest.importorskip("unified_planning", reason="the extra planning is not installed")
        (tmp_path / "lift.pddl").write_text(LIFT)
        agent.learn_actions(tmp_path / "lift.pddl", empty=True)
        agent.tell("object(f0) & object(f1) & at(f0)")

        async def scenario(call):
            plan = ["(move f0 f1)"]
            assert (await call("review_plan", plan=plan))["finding"] == "passed"
            learned = await call("report_failure", action="move", arguments=["f0", "f1"])
            assert learned["change"] is None
            assert learned["evidence"]
            refused = await call("review_plan", plan="(move f0 f1)")
            assert (refused["finding"], refused["number"], refused["step"]) == ("refused", 1, "(move f0 f1)")
            assert refused["conditions"]
            assert [belief["name"] for belief in refused["beliefs"]] == refused["because"]

        in_process(agent, scenario)

    def test_a_plan_of_unknown_actions(self, agent):
        async def scenario(call):
            assert "knows no action" in await call.error("review_plan", plan=["(fly f0)"])

        in_process(agent, scenario)


class TestErrors:
    def test_a_mistake_can_be_mended_from_the_message(self, shop):
        async def scenario(call):
            message = await call.error("tell", belief="bird(x) -> flies(x)")
            assert "line 1, column 6" in message
            assert "^" in message
            assert "hint: write `forall x." in message
            message = await call.error("ask", formula="healthy(shop")
            assert "expected" in message

        in_process(shop, scenario)

    def test_a_clash_names_both_uses(self, shop):
        async def scenario(call):
            message = await call.error("ask", formula="healthy(shop, blog)")
            assert "healthy" in message
            assert "monitor" in message or "runbook" in message

        in_process(shop, scenario)
        assert entries(shop) == 1

    def test_what_is_too_long_or_empty(self, agent):
        async def scenario(call):
            message = await call.error("tell", belief="p & " * 6_000 + "p")
            assert "24,001 characters, and may have 20,000" in message
            assert "empty" in await call.error("ask", formula="  ")
            message = await call.error("report_failure", action="a", arguments=["x" * 30_000], expected="p")
            assert "too long" in message

        in_process(agent, scenario)

    def test_too_many_results(self, agent):
        async def scenario(call):
            assert "less than or equal to 100" in await call.error("why", formula="p", limit=101)

        in_process(agent, scenario)

    def test_what_takes_too_long_is_unknown(self, agent):
        agent.load(
            "\n".join(f"[r{number}] p{number} & q{number} & s{number} -> goal" for number in range(30))
        )

        async def scenario(call):
            found = await call("why_not", formula="goal", limit=100)
            assert not found["complete"]
            assert "the time limit of 50 ms ran out" in found["reason"]

        in_process(agent, scenario, limits=Limits(milliseconds=50))

    def test_what_nests_too_deeply(self, agent):
        async def scenario(call):
            assert "deep" in await call.error("ask", formula="!(" * 3_000 + "p" + ")" * 3_000)

        in_process(agent, scenario)

    def test_an_entry_that_is_not_there(self, agent):
        async def scenario(call):
            assert "99" in await call.error("ask", formula="p", as_of=99)

        in_process(agent, scenario)


class TestArguments:
    def test_those_that_a_tool_does_not_have_are_refused(self, shop):
        async def scenario(call):
            for tool, asked in (
                ("contract", {"formula": "healthy(shop)", "dryRun": True}),
                ("undo", {"entry": 99}),
                ("list_beliefs", {"mentions": "shop"}),
            ):
                message = await call.error(tool, **asked)
                assert "not permitted" in message

        in_process(shop, scenario)
        assert entries(shop) == 1


class TestDryRunFirst:
    def test_what_gives_beliefs_up_is_confirmed(self, shop):
        async def scenario(call):
            asked = {"observation": "!deployable(shop)", "source": "log"}
            pending = await call("observe", **asked)
            assert not pending["committed"]
            assert pending["entry"] is None
            assert [belief["name"] for belief in pending["removed"]] == ["hearsay"]
            assert pending["explanation"][0].startswith("Nothing has been changed yet")
            assert entries(shop) == 1
            done = await call("observe", **asked, confirm=pending["confirm"])
            assert done["committed"]
            assert done["confirm"] is None

        in_process(shop, scenario, dry_run_first=True)
        assert entries(shop) == 2

    def test_a_confirmation_is_good_for_its_own_call_alone(self, shop):
        async def scenario(call):
            pending = await call("contract", formula="deployable(shop)")
            other = await call("contract", formula="healthy(shop)", confirm=pending["confirm"])
            assert other["confirm"]
            assert not other["committed"]
            assert not (await call("contract", formula="healthy(shop)", confirm="é"))["committed"]

        in_process(shop, scenario, dry_run_first=True)
        assert entries(shop) == 1

    def test_a_confirmation_is_good_only_while_nothing_else_changes(self, shop):
        async def scenario(call):
            pending = await call("undo")
            assert pending["confirm"]
            await call("tell", belief="p")
            assert (await call("undo", confirm=pending["confirm"]))["confirm"]
            assert entries(shop) == 2

        in_process(shop, scenario, dry_run_first=True)

    def test_what_gives_nothing_up_is_done_at_once(self, shop):
        async def scenario(call):
            assert (await call("observe", observation="quick(shop)"))["committed"]
            assert (await call("revise", formula="small(shop)"))["committed"]

        in_process(shop, scenario, dry_run_first=True)

    def test_a_failure_is_confirmed_too(self, shop):
        async def scenario(call):
            asked = {"action": "deploy", "expected": "deployable(shop)"}
            pending = await call("report_failure", **asked)
            assert entries(shop) == 1
            done = await call("report_failure", **asked, confirm=pending["change"]["confirm"])
            assert done["episode"] == 1

        in_process(shop, scenario, dry_run_first=True)

    def test_evidence_on_a_known_action_is_confirmed_too(self, agent, tmp_path):
        (tmp_path / "door.pddl").write_text(
            "(define (domain door) (:predicates (open ?d))\n"
            "(:action go :parameters (?d) :precondition (open ?d) :effect (not (open ?d))))"
        )
        agent.learn_actions(tmp_path / "door.pddl", empty=True)
        agent.tell("object(hatch)")
        before = entries(agent)

        async def scenario(call):
            asked = {"action": "go", "arguments": ["hatch"]}
            pending = await call("report_failure", **asked)
            assert pending["confirm"]
            assert pending["change"] is None
            assert entries(agent) == before
            done = await call("report_failure", **asked, confirm=pending["confirm"])
            assert done["evidence"]
            assert done["confirm"] is None

        in_process(agent, scenario, dry_run_first=True)
        assert entries(agent) > before

    def test_an_expectation_does_not_outlast_an_observation_that_fails(self, shop, monkeypatch):
        plain = shop.observe

        def failing(*arguments, dry_run=False, **more):
            if not dry_run:
                raise JournalError("the disk is full")
            return plain(*arguments, dry_run=dry_run, **more)

        monkeypatch.setattr(shop, "observe", failing)
        with pytest.raises(JournalError, match="the disk is full"):
            report(shop, "deploy", [], "deployable(shop)", None)
        assert not shop.expectations()


class TestResources:
    def test_a_belief(self, shop):
        shop.observe("!deployable(shop)")

        async def scenario(call):
            held = await call.read("belief://runbook")
            assert held["formula"] == "forall s. healthy(s) & !frozen(s) -> deployable(s)"
            assert held["believed"]
            gone = await call.read("belief://hearsay")
            assert not gone["believed"]
            assert [event["what"] for event in gone["history"]] == ["taken in", "given up"]

        in_process(shop, scenario)

    @pytest.mark.parametrize("name", ["Fly.2", "a-b", "größe", "a:b"])
    def test_names_of_all_kinds(self, agent, name):
        agent.tell("p", name=name)

        async def scenario(call):
            assert (await call.read(f"belief://{quote(name)}"))["name"] == name
            assert (await call.read(f"belief://{quote(name)}/graph"))["nodes"][0]["id"] == name

        in_process(agent, scenario)

    def test_the_graph_around_a_belief(self, shop):
        shop.load("[page] forall s. deployable(s) -> paged(s)\n[far] paged(shop) -> tired")

        async def scenario(call):
            near = await call.read("belief://monitor/graph?depth=1")
            assert {node["id"] for node in near["nodes"]} == {"monitor", "runbook", "source monitor"}
            wider = {node["id"] for node in (await call.read("belief://monitor/graph"))["nodes"]}
            assert {"page", "hearsay"} <= wider
            assert "far" not in wider
            with pytest.raises(MCPError, match="depth is a number of steps from 0 to 5, not 9"):
                await call.read("belief://monitor/graph?depth=9")

        in_process(shop, scenario)

    def test_the_log(self, shop):
        shop.tell("p")

        async def scenario(call):
            assert [entry["entry"] for entry in await call.read("log://latest")] == [2, 1]
            assert (await call.read("log://1"))["operation"] == "expand"

        in_process(shop, scenario)

    @pytest.mark.parametrize("uri", ["belief://nobody", "belief://nobody/graph", "log://99", "log://x"])
    def test_what_is_not_there(self, shop, uri):
        async def scenario(call):
            with pytest.raises(MCPError, match=r"nobody|there is no entry"):
                await call.read(uri)

        in_process(shop, scenario)


class TestTeaching:
    def test_the_prompt(self, agent):
        async def scenario(call):
            (prompt,) = (await call.client.list_prompts()).prompts
            assert prompt.name == "teach_language"
            text = (
                (await call.client.get_prompt(prompt.name, {"task": "Plan a party."}))
                .messages[0]
                .content.text
            )
            assert text.endswith("## Your task\n\nPlan a party.\n")
            assert "forall s. healthy(s) & !frozen(s) -> deployable(s)" in text

        in_process(agent, scenario)

    def test_every_topic_can_be_asked_for(self, agent):
        async def scenario(call):
            tools = {tool.name: tool for tool in (await call.client.list_tools()).tools}
            topics = tools["language_help"].input_schema["properties"]["topic"]["enum"]
            assert topics == list(teaching.TOPICS)
            for topic in topics:
                lesson = await call("language_help", topic=topic)
                assert lesson["text"] == teaching.TOPICS[topic]

        in_process(agent, scenario)

    @pytest.mark.parametrize("topic", teaching.TOPICS)
    def test_its_examples_are_of_the_language(self, topic):
        text = teaching.TOPICS[topic]
        fences = re.findall(r"```beliefs\n(.*?)```", text, re.DOTALL)
        for fence in fences:
            document = parse_document(fence)
            infer(document.declarations, [("it", each.formula) for each in document.statements])

    def test_the_table_of_sentences_is_of_the_language(self):
        rows = re.findall(r"^\| [A-Z][^|]*\| `(.*)` \|$", teaching.TOPICS["overview"], re.MULTILINE)
        assert len(rows) == 8
        for row in rows:
            (statement,) = parse_document(row).statements
            assert isinstance(statement, Statement)

    def test_the_mistakes_are_mistakes_and_their_remedies_none(self):
        rows = re.findall(r"^\| `(.*?)` \| `(.*?)` \|$", teaching.TOPICS["errors"], re.MULTILINE)
        assert len(rows) == 6
        for wrong, right in rows:
            with Agent.in_memory() as agent:
                agent.tell("battery(r2) > 3")
                with pytest.raises(LanguageError):
                    agent.tell(wrong)
            with Agent.in_memory() as agent:
                assert agent.tell(right).status == "done"


class TestManyClients:
    def test_calls_at_once_are_made_one_after_the_other(self, agent):
        running = threading.Lock()
        real = agent.tell

        def tell(*arguments, **options):
            assert running.acquire(blocking=False), "two calls at once"
            try:
                return real(*arguments, **options)
            finally:
                running.release()

        agent.tell = tell

        async def scenario(call):
            await asyncio.gather(
                *(call("tell", belief=f"p{number}", name=f"n{number}") for number in range(20)),
                *(call("ask", formula="p3") for _ in range(10)),
            )
            assert (await call("list_beliefs"))["total"] == 20

        in_process(agent, scenario)
        assert agent.verify().failed == ()

    def test_the_server_listens_while_the_engine_thinks(self, agent):
        thinking, done = threading.Event(), threading.Event()

        def slow(*_, **__):
            thinking.set()
            assert done.wait(20)
            return agent.conflicts()

        async def scenario(call):
            memory_call = asyncio.create_task(call("why_not", formula="p"))
            await asyncio.to_thread(thinking.wait, 20)
            assert (await call("language_help"))["topic"] == "overview"
            assert (await call.client.list_tools()).tools
            done.set()
            await memory_call

        from beliefs.answers import why_not
        from beliefs.language.parser import parse_formula

        def found(formula, **_):
            slow()
            return why_not(BeliefBase(), parse_formula(formula))

        agent.why_not = found
        in_process(agent, scenario)

    def test_a_call_that_waits_can_be_cancelled_and_is_never_made(self, agent):
        async def play() -> None:
            memory = Memory(agent)
            begun, go_on = threading.Event(), threading.Event()

            def first(_):
                begun.set()
                return go_on.wait(20)

            made = []
            one = asyncio.create_task(memory.ask(first))
            await asyncio.to_thread(begun.wait, 20)
            two = asyncio.create_task(memory.ask(made.append))
            await asyncio.sleep(0.05)
            two.cancel()
            go_on.set()
            assert await one
            await asyncio.gather(two, return_exceptions=True)
            assert made == []
            assert await memory.ask(len_of_base) == 0

        asyncio.run(play())

    def test_who_waits_too_long_is_told_so(self, agent):
        async def play() -> None:
            memory = Memory(agent, Limits(patience=0.05))
            begun, go_on = threading.Event(), threading.Event()

            def first(_):
                begun.set()
                return go_on.wait(20)

            one = asyncio.create_task(memory.ask(first))
            await asyncio.to_thread(begun.wait, 20)
            with pytest.raises(Exception, match=r"busy with other calls for 0\.05 s; nothing was changed"):
                await memory.ask(len_of_base)
            go_on.set()
            assert await one

        asyncio.run(play())

    def test_others_may_change_the_same_base(self, tmp_path):
        place = tmp_path / "shared.db"
        with Agent.open(place) as mine, Agent.open(place) as other:

            async def scenario(call):
                other.load(SHOP)
                assert (await call("ask", formula="deployable(shop)"))["verdict"] == "believed"
                await call("observe", observation="frozen(shop)")
                assert other.ask("frozen(shop)").verdict == "believed"

            in_process(mine, scenario)


def len_of_base(agent: Agent) -> int:
    return len(agent.base)
