// Makes calls of every kind by Segment's Node SDK, unchanged but for the host: node node_calls.cjs HOST WRITE_KEY NUMBER
const { Analytics } = require("@segment/analytics-node");

const [host, writeKey, number] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, maxRetries: 1 });
const problems = [];
analytics.on("error", (error) => problems.push(String(error.reason ?? error.code)));

const common = (n) => ({ userId: `user ${n % 20}`, messageId: `node-${n}`, timestamp: new Date(Date.now() - 1000 * n) });
const calls = [
  (n) => analytics.track({ ...common(n), event: "Product Added", properties: { product_id: n, price: "9.50" } }),
  (n) => analytics.identify({ ...common(n), traits: { email: `user${n % 20}@example.com` } }),
  (n) => analytics.page({ ...common(n), name: "Home" }),
  (n) => analytics.screen({ ...common(n), name: "Cart" }),
  (n) => analytics.group({ ...common(n), groupId: "g1", traits: { name: "Initech" } }),
  (n) => analytics.alias({ ...common(n), previousId: `former ${n % 20}` }),
];
for (let n = 0; n < Number(number); n += 1) calls[n % calls.length](n);
analytics.closeAndFlush({ timeout: 20000 }).then(() => console.log(JSON.stringify({ problems })));
