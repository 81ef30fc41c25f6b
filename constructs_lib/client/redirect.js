// Goes before the page on a local cloud: calls to AWS become calls to the server the page came from, which passes
// them on under the host they were signed for. The AWS SDK builds a Request, Amplify fetches an address, and uploads
// with progress are XMLHttpRequests.
(() => {
  const here = (url) => {
    const { hostname, host, pathname, search } = new URL(url, location.href);
    return /\.amazonaws\.com(\.cn)?$/.test(hostname) ? `/_aws/${host}${pathname}${search}` : url;
  };
  const { fetch, Request } = window;
  window.Request = class extends Request {
    constructor(input, init) {
      super(input instanceof Request ? input : here(String(input)), init);
    }
  };
  window.fetch = (input, init) => fetch(input instanceof Request ? input : here(String(input)), init);
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    return open.call(this, method, here(String(url)), ...rest);
  };
})();
