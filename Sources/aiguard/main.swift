print("aiguard")
