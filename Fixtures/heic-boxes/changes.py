"""Changes to a file, of which the variations are made."""
from boxes import u8, u16, u32, Item


def nclx(primaries, matrix, full_range):
    return b"nclx" + u16(primaries, 13, matrix) + u8(full_range << 7)


def aperture(width, height, x=(0, 1), y=(0, 1)):
    return b"".join(u32(*part) for part in (width, height, x, y))


def colored(item):
    """The item whose colours count: of a grid its first tile."""
    return 1 if item.items[item.primary].kind == b"grid" else item.primary


def set_color(*values):
    def change(file):
        file.drop(colored(file), b"colr")
        for value in values:
            file.add(file.primary, b"colr", value)
    return change


def turned(*properties, item=None):
    """In place of the clean aperture that encoders write."""
    def change(file):
        target = file.primary if item is None else item
        for kind in (b"clap",):
            if any(file.properties[i - 1][0] == kind for i, _ in file.of(target)):
                file.drop(target, kind)
        for kind, content in properties:
            file.add(target, kind, content, True)
    return change


def also(*properties, item=None, essential=False):
    def change(file):
        for kind, content in properties:
            file.add(file.primary if item is None else item, kind, content, essential)
    return change


def assign(**values):
    def change(file):
        for name, value in values.items():
            setattr(file, name, value)
    return change


def on_item(n, **values):
    def change(file):
        for name, value in values.items():
            setattr(file.items[n], name, value)
    return change


def counted(kind, count):
    def change(file):
        file.counts[kind] = count
    return change


def refers(kind, source, targets):
    return lambda file: file.refer(kind, source, targets)


def without(kind):
    return lambda file: file.left_out.add(kind)


def doubled(kind):
    return lambda file: file.twice.add(kind)


def exif(method=0, pieces=1, target=None, data=b"\0\0\0\0II*\0\x08\0\0\0\0\0", kind=b"Exif", reference=b"cdsc"):
    def change(file):
        n = max(file.items) + 1
        file.items[n] = Item(kind, data)
        file.items[n].method, file.items[n].pieces = method, pieces
        file.refer(reference, n, [file.primary if target is None else target])
    return change


def extents(change):
    def apply(file):
        file.raw_data = {colored(file): change}
    return apply


def all_of(*changes):
    def change(file):
        for one in changes:
            one(file)
    return change


def moved(file):
    file.of(file.primary).reverse()


def essential(value):
    def change(file):
        for entry in file.of(file.primary):
            entry[1] = value
    return change


def patched(kind, at, content, item=None):
    def change(file):
        target = colored(file) if item is None else item
        file.set(target, kind, lambda old: old[:at] + content + old[at + len(content):])
    return change


def shared(kind):
    """The same property twice."""
    def change(file):
        target = colored(file)
        file.associate(target, file.index(target, kind))
    return change
