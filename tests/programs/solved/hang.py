"""A kitchen: orders go to three cooks, dishes to a waiter.  It serves everybody, and never closes."""

import trio

ORDERS = ("soup", "pie", "salad", "tea", "bread", "stew")
COOKS = 3


async def take_orders(orders):
    """Hand the orders to whoever is free."""
    async with orders:
        for order in ORDERS:
            await orders.send(order)
            await trio.sleep(0.001)


async def cook(orders, dishes):
    """Cook until there are no more orders."""
    async with dishes:
        async for order in orders:
            await trio.sleep(0.002 * len(order))
            await dishes.send(f"hot {order}")


async def serve(dishes, served):
    """Carry the dishes out until the cooks have gone home."""
    async for dish in dishes:
        served.append(dish)
        print(f"{dish} is served")


async def kitchen(nursery, orders, served):
    """Open the kitchen."""
    cooked, dishes = trio.open_memory_channel(2)
    for _ in range(COOKS):
        nursery.start_soon(cook, orders.clone(), cooked.clone())
    nursery.start_soon(serve, dishes, served)
    return cooked


async def main():
    served = []
    taken, orders = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        pass_through = await kitchen(nursery, orders, served)
        nursery.start_soon(take_orders, taken)
        print("open until", pass_through.statistics().open_send_channels, "have gone")
    print(f"closed, {len(served)} dishes served")


if __name__ == "__main__":
    trio.run(main)
