// Graphs by keyboard: in one, arrows go from the node with the focus to the nearest that way.

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ASIDE = 3; // what is not quite that way counts as further

function middleOf(node) {
  const box = node.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

/** How far a node is that way; endless where it is not that way at all. */
function distance([x, y], [right, down], node) {
  const [nodeX, nodeY] = middleOf(node);
  const ahead = (nodeX - x) * right + (nodeY - y) * down;
  const aside = Math.abs((nodeX - x) * down) + Math.abs((nodeY - y) * right);
  return ahead > 1 ? ahead + ASIDE * aside : Infinity;
}

function nearest(graph, from, way) {
  const at = middleOf(from);
  const [best] = [...graph.querySelectorAll("a.node")]
    .map((node) => [distance(at, way, node), node])
    .filter(([far]) => far < Infinity)
    .sort(([one], [other]) => one - other);
  return best?.[1];
}

document.addEventListener("keydown", (event) => {
  const node = event.target.closest?.(".graph a.node");
  if (!node || !(event.key in WAYS) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault();
  const next = nearest(node.closest(".graph"), node, WAYS[event.key]);
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest", inline: "nearest" });
});
