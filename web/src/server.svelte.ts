// What does this server offer? Asked once; pages wait for it where they need it.
import { api, ApiError, onUnauthorized, type About } from './api';

class Server {
  about = $state.raw<About | null>(null);
  /** Why nothing is known of the server yet. */
  failure = $state.raw<ApiError | null>(null);
  /** It wants a token before it answers. */
  locked = $state(false);

  constructor() {
    onUnauthorized.tell = () => {
      this.locked = true;
    };
    void this.ask();
  }

  async ask(): Promise<void> {
    try {
      this.about = await api.about();
      this.failure = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failure = error;
    }
  }
}

export const server = new Server();
