value = "from the sibling"
if __name__ == "__main__":
    print("sibling as main", __package__, __spec__.name)
