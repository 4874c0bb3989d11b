const DEFAULT_REGISTRY = 'docker.io';
const NAME = /^[\w.-]+(:\d+)?(\/[\w.-]+)+(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

/**
 * Completes an image's name like Docker (`nginx` is `docker.io/library/nginx:latest`), because kubelet looks
 * images up by complete names. Returns a complete name unchanged, and undefined for an invalid name.
 */
export const completeName = (name: string): string | undefined => {
  const [first = '', ...rest] = name.split('/');
  const namesRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = namesRegistry ? rest.join('/') : name;
  const registry = namesRegistry && first !== 'index.docker.io' ? first : DEFAULT_REGISTRY;
  const library = registry === DEFAULT_REGISTRY && !path.includes('/') ? 'library/' : '';
  const tag = /[:@]/.test(path) ? '' : ':latest';
  const whole = `${registry}/${library}${path}${tag}`;
  return NAME.test(whole) ? whole : undefined;
};
