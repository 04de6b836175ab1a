"""A program that puts other functions in the places of those of the standard library.

It is called with the way in which they fail, ``raise``, ``wrong`` or ``list``, and with those that
are to be replaced, ``builtins``, ``modules`` or ``core``.  With each in turn it does the same: a
line, a step.  Those of ``core``, or a single one that is named, are back in place before the step.
"""

import importlib
import sys

import trio

BUILTINS = """
__import__ abs all any ascii bool bytes callable chr compile dict divmod enumerate eval exec
filter float format globals hasattr hash hex id input int issubclass
iter locals map next open ord pow print range repr reversed round set setattr
sorted str sum super tuple vars zip
"""
"""Those without which Trio and its libraries still take a step."""

CORE = """
isinstance type len list max min getattr dir frozenset object property classmethod staticmethod
memoryview bytearray complex delattr slice __build_class__ breakpoint
BaseException Exception AttributeError KeyError OSError RuntimeError StopIteration TypeError
ValueError LookupError RecursionError KeyboardInterrupt MemoryError NameError
"""
"""Those that Trio needs for a step, and the rest."""

MODULES = """
_thread.allocate_lock _thread.get_ident _thread.start_new_thread
ast.iter_child_nodes ast.literal_eval ast.parse ast.unparse ast.walk
bisect.bisect_right
codecs.getincrementaldecoder codecs.open
collections.Counter collections.OrderedDict collections.defaultdict collections.deque
collections.namedtuple
contextlib.ExitStack contextlib.contextmanager contextlib.suppress
contextvars.copy_context
copy.copy copy.deepcopy
dataclasses.fields dataclasses.is_dataclass
difflib.get_close_matches
dis.get_instructions
fnmatch.fnmatch fnmatch.fnmatchcase
functools.partial functools.reduce functools.update_wrapper functools.wraps
gc.collect gc.disable gc.enable gc.get_objects gc.get_referents gc.get_referrers gc.isenabled
glob.glob
gzip.compress gzip.open
hashlib.sha256
heapq.heappop heapq.heappush
inspect.currentframe inspect.getattr_static inspect.getfile inspect.getsource
inspect.getsourcefile inspect.getsourcelines inspect.isawaitable inspect.stack
io.BytesIO io.StringIO io.TextIOWrapper io.open
itertools.chain itertools.count itertools.groupby itertools.islice itertools.repeat
itertools.takewhile
json.JSONDecoder json.JSONEncoder json.dumps json.loads
keyword.iskeyword
linecache.checkcache linecache.getline linecache.getlines linecache.lazycache
linecache.updatecache
locale.getpreferredencoding
logging.getLogger
marshal.dumps marshal.loads
math.copysign math.isfinite math.isinf math.isnan
operator.attrgetter operator.itemgetter
os.access os.chdir os.close os.dup os.dup2 os.fdopen os.fork os.fsdecode os.fsencode os.fspath
os.fstat os.get_terminal_size os.getcwd os.getenv os.getpid os.isatty os.kill os.listdir os.lstat
os.makedirs os.mkdir os.open os.pipe os.read os.readlink os.remove os.rename os.replace os.scandir
os.stat os.umask os.unlink os.urandom os.write
os.path.abspath os.path.basename os.path.dirname os.path.exists os.path.expanduser os.path.isabs
os.path.isdir os.path.isfile os.path.join os.path.normpath os.path.realpath os.path.relpath
os.path.split
pathlib.Path
pickle.dumps
platform.python_version
queue.Queue queue.SimpleQueue
random.Random random.choice random.randint random.random
re.compile re.escape re.findall re.finditer re.fullmatch re.match re.search re.split re.sub
select.poll select.select
shlex.split
shutil.copy shutil.get_terminal_size shutil.rmtree
signal.default_int_handler signal.pthread_sigmask signal.set_wakeup_fd signal.setitimer
signal.signal signal.valid_signals
socket.socket socket.socketpair
stat.S_ISFIFO stat.S_ISREG
subprocess.Popen subprocess.run
sys._current_frames sys._getframe sys.exc_info sys.exception sys.getprofile
sys.getrecursionlimit sys.getrefcount sys.getsizeof sys.gettrace sys.intern sys.setrecursionlimit
sys.settrace
tempfile.NamedTemporaryFile tempfile.gettempdir tempfile.mkdtemp tempfile.mkstemp
textwrap.dedent textwrap.indent
threading.Condition threading.Event threading.Lock threading.RLock threading.Thread
threading.active_count threading.current_thread threading.enumerate threading.get_ident
threading.get_native_id threading.main_thread threading.settrace
time.monotonic time.monotonic_ns time.perf_counter time.process_time time.sleep time.strftime
time.time time.time_ns
tokenize.detect_encoding tokenize.generate_tokens tokenize.open tokenize.tokenize
traceback.extract_stack traceback.format_exception traceback.format_exception_only
traceback.format_list traceback.format_tb traceback.print_exc traceback.walk_tb
types.FunctionType types.ModuleType types.SimpleNamespace
unicodedata.category unicodedata.east_asian_width
warnings.catch_warnings warnings.simplefilter warnings.warn
weakref.WeakKeyDictionary weakref.WeakSet weakref.WeakValueDictionary weakref.getweakrefcount
weakref.ref
zlib.compress zlib.crc32 zlib.decompressobj
datetime.date datetime.datetime
trio.Event trio.current_time trio.lowlevel.checkpoint trio.lowlevel.current_root_task
trio.lowlevel.current_task trio.move_on_after trio.sleep
"""
METHODS = """
json.JSONDecoder.decode json.JSONEncoder.encode pathlib.Path.exists
pathlib.Path.open pathlib.Path.read_text pathlib.Path.stat threading.Condition.wait
threading.Event.set threading.Event.wait threading.Thread.join threading.Thread.start
traceback.StackSummary.extract
"""
FACTS = {"sys.platform": "win32", "os.name": "nt", "os.sep": "\\", "sys.version_info": (3, 8)}

WHOLE = ("builtins", "modules")
GROUPS = ("core", *WHOLE)

checkpoint = trio.lowlevel.checkpoint
setattr_, next_, iter_ = setattr, next, iter


def fake(way, real):
    if way == "raise":

        def function(*args, **named):
            raise LookupError("the program's own fake was called")

    elif way == "wrong":

        def function(*args, **named):
            return None

    else:
        values = iter_([1, 2])

        def function(*args, **named):
            return next_(values)

    return function


def owner_of(dotted):
    """The object that has an attribute, and the attribute's name."""
    *path, name = dotted.split(".")
    there = importlib.import_module(path[0])
    for each in path[1:]:
        if not hasattr(there, each):
            importlib.import_module(f"{there.__name__}.{each}")
        there = getattr(there, each)
    return there, name


def places(group):
    if group not in GROUPS:
        yield f"builtins.{group}"
        return
    yield None
    if group == "core":
        yield from (f"builtins.{name}" for name in CORE.split())
    elif group == "builtins":
        yield from (f"builtins.{name}" for name in BUILTINS.split())
    else:
        yield from (*MODULES.split(), *METHODS.split(), *FACTS)


def work(number):
    doubled = number + number  # @mark line
    return doubled


async def one(number, owner, name, real, replacement, whole):
    if owner is not None:
        setattr_(owner, name, replacement)
    try:
        result = work(number)
        if owner is not None and not whole:
            setattr_(owner, name, real)
        await checkpoint()
        number = result  # @mark after
    finally:
        if owner is not None:
            setattr_(owner, name, real)
    return result


async def main(way, group):
    total = 0
    await checkpoint()
    for number, dotted in enumerate(places(group)):
        owner = name = real = replacement = None
        if dotted is not None:
            owner, name = owner_of(dotted)
            real = vars(owner).get(name) or getattr(owner, name)
            replacement = FACTS.get(dotted) or fake(way, real)
        print("patched:", dotted, flush=True)
        try:
            total += await one(number, owner, name, real, replacement, group in WHOLE)
        except BaseException as error:
            print("failed:", type(error).__name__, error)
        await trio.lowlevel.checkpoint()
    print("total:", total)


if __name__ == "__main__":
    trio.run(main, *sys.argv[1:])
