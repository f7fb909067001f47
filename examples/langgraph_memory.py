"""LangGraph: a graph whose tool node reports every tool call that fails to the memory.

Needs: pip install 'beliefs' langgraph. The model is scripted; put a chat model, with the tools bound to it, in its
place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.prebuilt.tool_node import ToolCallRequest

from beliefs import Agent, LanguageError

EXPECTED = {"deploy": "deployable({service})"}
"""What each tool is expected to bring about, or to find, as a formula with the tool's arguments in it."""

KNOWN = """
[runbook @2 "handbook"] forall s. healthy(s) & !frozen(s) -> deployable(s)
[monitor @3 "monitor"] healthy(shop)
[hearsay @1 "chat"] !frozen(shop)
"""


def build(memory: Agent, model: Any) -> Any:
    """Return a graph with the memory's questions as tools, and a tool that does something in the world."""

    @tool
    def ask(formula: str) -> str:
        """Ask whether a formula, such as deployable(shop), is believed, and why."""
        try:
            return str(memory.ask(formula))
        except LanguageError as error:
            return str(error)  # says where the mistake is, and how to mend it

    @tool
    def deploy(service: str) -> str:
        """Deploy a service."""
        raise RuntimeError(f"{service} is frozen until Monday")

    def reporting(request: ToolCallRequest, execute: Callable[[ToolCallRequest], Any]) -> Any:
        """Run a tool; if it fails, tell the memory, and the model what was learned."""
        try:
            return execute(request)
        except Exception as error:
            call = request.tool_call
            said = f"{error}. {report_failure(memory, call['name'], call['args'])}"
            return ToolMessage(said, tool_call_id=call["id"], status="error")

    def think(state: MessagesState) -> dict[str, list[AnyMessage]]:
        return {"messages": [model.invoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("think", think)
    graph.add_node("tools", ToolNode([ask, deploy], wrap_tool_call=reporting, handle_tool_errors=False))
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", tools_condition)
    graph.add_edge("tools", "think")
    return graph.compile()


def report_failure(memory: Agent, action: str, arguments: dict[str, Any]) -> str:
    """Record what was expected of a tool, observe that it is not so, and return what was learned."""
    expected = EXPECTED[action].format(**arguments)
    memory.expect(expected)
    return str(memory.observe(f"!({expected})", source=action))


def scripted() -> FakeMessagesListChatModel:
    """Return a model that deploys, and asks the memory afterwards."""
    return FakeMessagesListChatModel(
        responses=[
            AIMessage("", tool_calls=[{"name": "deploy", "args": {"service": "shop"}, "id": "1"}]),
            AIMessage("", tool_calls=[{"name": "ask", "args": {"formula": "frozen(shop)"}, "id": "2"}]),
            AIMessage("shop is frozen, so I did not try again."),
        ]
    )


def main(place: str = "memory.db") -> None:
    """Play it, and print what was said."""
    with Agent.open(place) as memory:
        memory.load(KNOWN)
        result = build(memory, scripted()).invoke({"messages": [("user", "Deploy shop.")]})
        for message in result["messages"]:
            print(f"{message.type}: {message.content}")


if __name__ == "__main__":
    main()
