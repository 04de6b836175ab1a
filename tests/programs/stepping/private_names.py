"""Classes with private names, of the same spelling in each, and functions inside of methods."""

import trio


class Account:
    __kinds = ("open", "closed")

    def __init__(self, balance):
        self.__balance = balance
        self.other = _Ledger(self)

    async def pay(self, amount):
        def check(__limit, /):
            return self.__balance > __limit  # @mark check

        check(amount)
        await trio.lowlevel.checkpoint()
        self.__balance -= amount  # @mark paid
        self.__tell()

    def __tell(self):
        return self.__kinds[0]  # @mark tell


class _Ledger:
    def __init__(self, account):
        self.__balance = "of the ledger"
        self.account = account

    def look(self):
        return self.__balance  # @mark look


async def main():
    account = Account(10)
    account.other.look()
    await account.pay(3)
    await account.pay(4)  # @mark main


if __name__ == "__main__":
    trio.run(main)
