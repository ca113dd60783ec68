"""The same operations as C, for what a compiler makes of them without our emitter.

Four patients in one vector, the same method, tableau, elimination order, step control and dense
output as the engine's; what differs is the compiler, the flags (``-O3 -march=native
-ffast-math``: sums may be reordered) and the driver around the step.
"""

from __future__ import annotations

from peers.python_code import assignments
from theratwin.dynamics.expressions.expression import Binding
from theratwin.dynamics.solving.operations import Operations, Place, Program
from theratwin.dynamics.solving.ordering import Elimination, minimum_degree
from theratwin.dynamics.solving.tableau import Tableau, tableau

LANES = 4
_ARRAYS = {"state": "y", "environment": "k"}
_SIGNATURE = "const V *restrict y, const V *restrict k, V *restrict out"


def source(operations: Operations) -> str:
    """Return the whole translation unit, which exports ``integrate``."""
    if operations.by_time:
        raise ValueError("the workload does not depend on time")
    elimination = minimum_degree(operations.size, operations.jacobian)
    environment = operations.environment
    sizes = {
        "LANES": LANES,
        "STATES": operations.size,
        "PARAMETERS": len(operations.parameters),
        "VALUES": len(environment.places),
        "ENTRIES": len(elimination.entries),
        "STAGES": tableau().stages,
    }
    programs = {
        "prologue": environment.program(Binding.PATIENT),
        "begin": operations.programs["initial"],
        "slope": operations.programs["slope"],
    }
    parts = [
        _HEAD,
        *(f"#define {name} {value}" for name, value in sizes.items()),
        *(_function(name, program) for name, program in programs.items()),
        _factor(operations, elimination),
        _solve(elimination),
        _stages(tableau()),
        _dense(tableau()),
        _DRIVER,
    ]
    return "\n".join(parts)


_HEAD = """#include <math.h>
#include <stdlib.h>
typedef double V __attribute__((vector_size(32)));
typedef long long M __attribute__((vector_size(32)));
static V larger_size(V a, V b) {
 M size = (M){} + 0x7fffffffffffffffLL;
 a = (V)((M)a & size);
 b = (V)((M)b & size);
 M first = a > b;
 return (V)((first & (M)a) | (~first & (M)b));
}"""


def _function(name: str, program: Program) -> str:
    # The prologue writes the array that it reads from.
    signature = _SIGNATURE.replace(" *restrict", " *") if name == "prologue" else _SIGNATURE
    lines, outputs = assignments(program, _ARRAYS)
    stores = [
        f"out[{place.slot}] = (V){{}} + {value};"
        for (place, _), value in zip(program.outputs, outputs, strict=True)
    ]
    body = "\n ".join([*(f"V {line};" for line in lines), *stores])
    return f"static void {name}({signature}) {{\n {body}\n}}"


def _factor(operations: Operations, elimination: Elimination) -> str:
    """Write W = shift I - J and its factors, the diagonal inverted."""
    slots = elimination.entries
    leaves = operations.programs["slope"].leaves
    entries = tuple((Place("out", slots[e]), v) for e, v in operations.jacobian.items())
    lines, outputs = assignments(Program("matrix", entries, leaves), _ARRAYS)
    diagonal = {slots[i, i] for i in range(operations.size)}
    body = [f"V {line};" for line in lines]
    written = {place.slot for place, _ in entries}
    for slot in range(len(slots)):
        if slot not in written:
            body.append(f"W[{slot}] = {'shift' if slot in diagonal else '(V){}'};")
    for (place, _), value in zip(entries, outputs, strict=True):
        first = "shift" if place.slot in diagonal else "(V){}"
        body.append(f"W[{place.slot}] = {first} - {value};")
    for pivot in elimination.pivots:
        own = slots[pivot.index, pivot.index]
        body.append(f"W[{own}] = 1.0 / W[{own}];")
        for row in pivot.rows:
            below = slots[row, pivot.index]
            body.append(f"W[{below}] *= W[{own}];")
            body += [
                f"W[{slots[row, column]}] -= W[{below}] * W[{slots[pivot.index, column]}];"
                for column in pivot.columns
            ]
    signature = "const V *restrict y, const V *restrict k, V shift, V *restrict W"
    return f"static void factor({signature}) {{\n " + "\n ".join(body) + "\n}"


def _solve(elimination: Elimination) -> str:
    slots, body = elimination.entries, []
    for pivot in elimination.pivots:
        body += [f"b[{i}] -= W[{slots[i, pivot.index]}] * b[{pivot.index}];" for i in pivot.rows]
    for pivot in reversed(elimination.pivots):
        p = pivot.index
        terms = "".join(f" - W[{slots[p, j]}] * b[{j}]" for j in pivot.columns)
        body.append(f"b[{p}] = (b[{p}]{terms}) * W[{slots[p, p]}];")
    signature = "const V *restrict W, V *restrict b"
    return f"static void solve({signature}) {{\n " + "\n ".join(body) + "\n}"


def _stages(method: Tableau) -> str:
    """Write ``stages``: increments K of all stages, and u, where the last one begins."""
    body = ["slope(y, k, K);", "solve(W, K);"]
    loop = "for (int i = 0; i < STATES; i++)"
    for s in range(1, method.stages):
        if method.adds_last(s):
            body.append(f"{loop} u[i] += K[{s - 1} * STATES + i];")
        else:
            body.append(f"{loop} u[i] = y[i]{_weighted(method.a[s])};")
        body.append("slope(u, k, f);")
        body.append(f"{loop} K[{s} * STATES + i] = f[i] + inverse * (0.0{_weighted(method.c[s])});")
        body.append(f"solve(W, K + {s} * STATES);")
    signature = (
        "const V *restrict y, const V *restrict k, const V *restrict W, V inverse, "
        "V *restrict K, V *restrict u, V *restrict f"
    )
    gamma = f"static const double GAMMA = {method.gamma!r};\n"
    return f"{gamma}static void stages({signature}) {{\n " + "\n ".join(body) + "\n}"


def _weighted(row: tuple[float, ...]) -> str:
    return "".join(f" + ({w!r}) * K[{j} * STATES + i]" for j, w in enumerate(row) if w)


def _dense(method: Tableau) -> str:
    """Write the weights of the stages in the dense output at a fraction of the step."""
    rows = ", ".join("{" + ", ".join(map(repr, row)) + "}" for row in method.dense)
    return (
        f"static const double DENSE[{len(method.dense)}][STAGES] = {{{rows}}};\n"
        "static void weights(double theta, double *c) {\n"
        " for (int j = 0; j < STAGES; j++) {\n"
        "  double v = 0.0;\n"
        f"  for (int r = {len(method.dense) - 1}; r >= 0; r--) v = DENSE[r][j] + theta * v;\n"
        "  c[j] = theta * (1.0 - theta) * v;\n }\n}"
    )


_DRIVER = r"""
typedef struct { long patient; int out; int steps; int rejections; double t, h; } Lane;

static void keep(const V *y, const V *u, const V *K, int l, double theta, double *out) {
 double c[STAGES];
 weights(theta, c);
 for (int i = 0; i < STATES; i++) {
  double v = (1.0 - theta) * y[i][l] + theta * u[i][l];
  for (int j = 0; j < STAGES; j++) v += c[j] * K[j * STATES + i][l];
  out[i] = v;
 }
}

/* Patients from first to last; parameters, times and results are rows, one a patient. */
void integrate(long first, long last, const double *parameters, const double *times, int count,
               double rtol, double atol, double *out, int *steps) {
 V *memory = aligned_alloc(64, sizeof(V) * ((4 + STAGES) * STATES + VALUES + ENTRIES));
 V *y = memory, *u = y + STATES, *f = u + STATES, *K = f + STATES, *spare = K + STAGES * STATES;
 V *k = spare + STATES, *W = k + VALUES;
 Lane lane[LANES];
 V zero = {};
 for (int i = 0; i < 4 * STATES; i++) memory[i] = zero;
 for (int i = 0; i < VALUES; i++) k[i] = zero + 1.0;
 for (int l = 0; l < LANES; l++) { lane[l].patient = -1; lane[l].h = 1e-3; lane[l].t = 0.0; }
 for (;;) {
  int live = 0, loaded = 0;
  for (int l = 0; l < LANES; l++) {
   if (lane[l].patient < 0 && first < last) {
    lane[l] = (Lane){first++, 1, 0, 0, times[0], 1e-6};
    for (int i = 0; i < PARAMETERS; i++) k[i][l] = parameters[lane[l].patient * PARAMETERS + i];
    loaded |= 1 << l;
   }
   live += lane[l].patient >= 0;
  }
  if (!live) break;
  if (loaded) {
   prologue(y, k, k);
   begin(y, k, spare);
   for (int l = 0; l < LANES; l++) if (loaded >> l & 1) {
    double *o = out + lane[l].patient * count * STATES;
    for (int i = 0; i < STATES; i++) y[i][l] = o[i] = spare[i][l];
   }
  }
  V h;
  for (int l = 0; l < LANES; l++) h[l] = lane[l].h;
  V inverse = 1.0 / h;
  factor(y, k, inverse * (1.0 / GAMMA), W);
  stages(y, k, W, inverse, K, u, f);
  V error = zero;
  for (int i = 0; i < STATES; i++) {
   V e = K[(STAGES - 1) * STATES + i], reached = u[i] + e;
   V r = e / (atol + rtol * larger_size(y[i], reached));
   u[i] = reached;
   error += r * r;
  }
  for (int l = 0; l < LANES; l++) {
   Lane *own = lane + l;
   if (own->patient < 0) continue;
   double size = sqrt(error[l] / STATES);
   double change = 0.9 * pow(size + 1e-12, -0.2);
   change = size == size ? (change > 6.0 ? 6.0 : change < 0.2 ? 0.2 : change) : 0.1;
   if (size <= 1.0) {
    double reached = own->t + own->h;
    while (own->out < count && times[own->out] <= reached * (1.0 + 1e-14)) {
     double theta = (times[own->out] - own->t) / own->h;
     keep(y, u, K, l, theta, out + (own->patient * count + own->out) * STATES);
     own->out++;
    }
    own->t = reached;
    own->steps++;
    for (int i = 0; i < STATES; i++) y[i][l] = u[i][l];
   } else {
    own->rejections++;
    if (change > 1.0) change = 1.0;
   }
   own->h *= change;
   if (own->t + own->h > times[count - 1]) own->h = times[count - 1] - own->t;
   if (own->out >= count) {
    steps[2 * own->patient] = own->steps;
    steps[2 * own->patient + 1] = own->rejections;
    own->patient = -1;
    own->h = 1e-3;
   }
  }
 }
 free(memory);
}
"""
