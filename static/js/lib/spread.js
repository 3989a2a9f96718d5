// Moves circles apart that would cover each other, so that each number can be read. Pure.

const TURN = Math.PI * (3 - Math.sqrt(5)); // the golden angle: no two directions are alike
const ROUNDS = 80;
const HAIR = 0.01;

/** Return points `{x, y}` in their order, moved as little as it takes to be `apart` from each other. */
export function spread(points, apart) {
  // Same places start a hair apart, each in its own direction: there is no other way to choose one.
  const moved = points.map(({ x, y }, at) => ({
    x: x + HAIR * Math.cos(at * TURN),
    y: y + HAIR * Math.sin(at * TURN),
  }));
  for (let round = 0; round < ROUNDS && push(moved, apart); round += 1);
  return moved;
}

/** Push every pair that is too near apart by half each; say whether there was one. */
function push(points, apart) {
  let pushed = false;
  for (let a = 0; a < points.length; a += 1) {
    for (let b = a + 1; b < points.length; b += 1) {
      const [dx, dy] = [points[b].x - points[a].x, points[b].y - points[a].y];
      const far = Math.hypot(dx, dy);
      if (far >= apart - HAIR) continue;
      const step = (apart - far) / 2 / far;
      points[a].x -= dx * step;
      points[a].y -= dy * step;
      points[b].x += dx * step;
      points[b].y += dy * step;
      pushed = true;
    }
  }
  return pushed;
}
