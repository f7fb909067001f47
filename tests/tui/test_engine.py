"""Calls come one after the other, are stopped when they may be, and never show an exception."""

from __future__ import annotations

import asyncio
import threading
from time import sleep

import pytest

from beliefs.agent import Agent
from beliefs.errors import BaseError
from beliefs.tui.engine import Engine, Failed, Stopped


def use(scenario) -> None:
    async def session() -> None:
        with Agent.in_memory() as agent, Engine(agent) as engine:
            await scenario(engine)

    asyncio.run(asyncio.wait_for(session(), 60))


def test_calls_come_one_after_the_other_in_one_thread():
    async def scenario(engine: Engine) -> None:
        running: list[int] = []
        most: list[int] = []

        def work(agent: Agent) -> int:
            running.append(1)
            most.append(len(running))
            sleep(0.01)
            running.pop()
            return threading.get_ident()

        threads = await asyncio.gather(*(engine.call("working", work) for _ in range(5)))
        assert set(most) == {1}
        assert len(set(threads)) == 1
        assert threading.get_ident() not in threads
        assert engine.doing is None

    use(scenario)


def test_what_goes_wrong_is_a_message():
    async def scenario(engine: Engine) -> None:
        def misuse(agent: Agent) -> None:
            raise BaseError("no such thing \x1b[1m\nsecond line")

        with pytest.raises(Failed) as failed:
            await engine.call("working", misuse)
        assert str(failed.value) == "no such thing \\x1b[1m\nsecond line"
        assert failed.value.__context__ is None

        def deep(agent: Agent) -> None:
            deep(agent)

        with pytest.raises(Failed, match="nested too deeply"):
            await engine.call("working", deep)

    use(scenario)


def begun_and_endless():
    begun = threading.Event()

    def work(agent: Agent) -> None:
        begun.set()
        while True:
            sleep(0.005)

    return begun, work


async def until(event: threading.Event) -> None:
    while not event.is_set():
        await asyncio.sleep(0.005)


def test_a_call_is_stopped_and_the_next_answered():
    async def scenario(engine: Engine) -> None:
        for _ in range(20):
            begun, work = begun_and_endless()
            call = asyncio.create_task(engine.call("working", work))
            await until(begun)
            assert (engine.doing, engine.stoppable) == ("working", True)
            assert engine.stop()
            with pytest.raises(Stopped):
                await call
            assert await engine.call("asking", lambda agent: agent.ask("p").verdict) == "undecided"

    use(scenario)


def test_stopping_as_a_call_ends_harms_none_that_follow():
    async def scenario(engine: Engine) -> None:
        for place in range(200):
            call = asyncio.create_task(engine.call("working", lambda agent: sleep(0.001)))
            await asyncio.sleep(0.0001 * (place % 20))
            engine.stop()
            await asyncio.gather(call, return_exceptions=True)
            assert await engine.call("asking", lambda agent: 7) == 7

    use(scenario)


def test_a_call_that_waits_is_stopped_before_it_begins():
    async def scenario(engine: Engine) -> None:
        begun, work = begun_and_endless()
        first = asyncio.create_task(engine.call("working", work))
        await until(begun)
        done: list[int] = []
        second = asyncio.create_task(engine.call("waiting", lambda agent: done.append(1)))
        await asyncio.sleep(0.01)
        engine.stop()
        outcomes = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Stopped, Stopped]
        assert not done

    use(scenario)


def test_what_writes_is_not_stopped():
    async def scenario(engine: Engine) -> None:
        begun = threading.Event()

        def work(agent: Agent) -> str:
            begun.set()
            sleep(0.05)
            return agent.tell("p").status

        call = asyncio.create_task(engine.call("committing", work, stoppable=False))
        await until(begun)
        assert not engine.stop()
        assert await call == "done"

    use(scenario)


def test_a_call_that_nobody_waits_for_is_stopped():
    async def scenario(engine: Engine) -> None:
        begun, work = begun_and_endless()
        call = asyncio.create_task(engine.call("working", work))
        await until(begun)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await engine.call("asking", lambda agent: 7) == 7

    use(scenario)


def test_a_search_of_the_sat_solver_is_stopped():
    """Pigeons that do not fit their holes keep a solver busy for longer than anybody waits."""
    holes = 11
    pigeons = range(holes + 1)
    sits = " & ".join("(" + " | ".join(f"in_{p}_{h}" for h in range(holes)) + ")" for p in pigeons)
    apart = " & ".join(f"!(in_{p}_{h} & in_{q}_{h})" for h in range(holes) for p in pigeons for q in range(p))

    async def scenario(engine: Engine) -> None:
        begun = threading.Event()

        def work(agent: Agent) -> str:
            begun.set()
            return agent.ask(f"!({sits} & {apart})").verdict

        call = asyncio.create_task(engine.call("thinking", work))
        await until(begun)
        await asyncio.sleep(1.5)
        assert not call.done()
        engine.stop()
        with pytest.raises(Stopped):
            await asyncio.wait_for(call, 10)
        assert await engine.call("asking", lambda agent: agent.ask("p").verdict) == "undecided"

    use(scenario)
