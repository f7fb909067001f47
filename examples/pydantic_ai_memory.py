"""PydanticAI: a mistake in a formula goes back to the model to be mended, and a failing tool teaches the memory.

Needs: pip install 'beliefs' pydantic-ai-slim. The model is scripted; put the name of a live one in its place.
"""

from __future__ import annotations

from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

import beliefs

KNOWN = """
[runbook @2 "handbook"] forall s. healthy(s) & !frozen(s) -> deployable(s)
[monitor @3 "monitor"] healthy(shop)
[hearsay @1 "chat"] !frozen(shop)
"""

assistant = Agent(
    deps_type=beliefs.Agent,
    instructions="Ask your memory before you act; formulas are first-order logic, such as deployable(shop).",
    defer_model_check=True,
)


@assistant.tool
def ask(context: RunContext[beliefs.Agent], formula: str) -> str:
    """Ask the memory whether a formula is believed, and from what it follows."""
    try:
        return str(context.deps.ask(formula))
    except beliefs.LanguageError as error:
        raise ModelRetry(str(error)) from error  # says where the mistake is, and how to mend it


@assistant.tool
def deploy(context: RunContext[beliefs.Agent], service: str) -> str:
    """Deploy a service."""
    memory, expected = context.deps, f"deployable({service})"
    memory.expect(expected)
    try:
        return really_deploy(service)
    except RuntimeError as error:
        learned = memory.observe(f"!{expected}", source="deploy")
        raise ModelRetry(f"{error}. {learned}") from error


def really_deploy(service: str) -> str:
    """Do it; this one always fails."""
    raise RuntimeError(f"{service} is frozen until Monday")


def script(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    """Ask with a mistake, mend it, deploy, and ask again."""
    turns = [
        ToolCallPart("ask", {"formula": "deployable(x)"}),
        ToolCallPart("ask", {"formula": "deployable(shop)"}),
        ToolCallPart("deploy", {"service": "shop"}),
        ToolCallPart("ask", {"formula": "frozen(shop)"}),
        TextPart("shop is frozen, so I did not try again."),
    ]
    return ModelResponse(parts=[turns[sum(isinstance(message, ModelResponse) for message in messages)]])


def main(place: str = "memory.db") -> None:
    """Play it, and print what was said."""
    with beliefs.Agent.open(place) as memory:
        memory.load(KNOWN)
        result = assistant.run_sync("Deploy shop.", deps=memory, model=FunctionModel(script))
        for message in result.all_messages():
            for part in message.parts:
                print(f"{part.part_kind}: {getattr(part, 'content', '') or getattr(part, 'args', '')}")


if __name__ == "__main__":
    main()
