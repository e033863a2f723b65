<?php
// A site for tests: which one, and where its things lie, comes from the environment.
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('WP_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "{$name} of a site for tests");
    define("{$name}_SALT", "{$name} of a site for tests, with salt");
}
$table_prefix = getenv('WP_PREFIX');
// So that application passwords work without TLS.
define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_DEBUG', false);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_CONTENT_DIR', getenv('WP_CONTENT'));
$host = $_SERVER['HTTP_HOST'] ?? 'localhost';
define('WP_CONTENT_URL', "http://$host/wp-content");
if (getenv('WP_NETWORK')) {
    define('WP_ALLOW_MULTISITE', true);
    if (getenv('WP_NETWORK') === 'ready') {
        define('MULTISITE', true);
        define('SUBDOMAIN_INSTALL', false);
        define('DOMAIN_CURRENT_SITE', 'localhost');
        define('PATH_CURRENT_SITE', '/');
        define('SITE_ID_CURRENT_SITE', 1);
        define('BLOG_ID_CURRENT_SITE', 1);
        // WordPress knows a network by its name alone, without the port.
        define('PROOF_HOST', $host);
        $_SERVER['HTTP_HOST'] = 'localhost';
    }
} else {
    define('WP_HOME', "http://$host" . getenv('WP_FOLDER'));
    define('WP_SITEURL', WP_HOME);
}
require_once ABSPATH . 'wp-settings.php';
