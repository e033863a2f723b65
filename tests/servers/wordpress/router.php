<?php
// What a web server's rewrite rules do for WordPress, and a door for tests at /_proof.
$path = urldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
$folder = getenv('WP_FOLDER') ?: '';
if ($folder && strpos($path, $folder) === 0) {
    $path = substr($path, strlen($folder));
}
if (getenv('WP_NETWORK')) {
    $path = preg_replace('#^/winkel(/wp-(?:admin|includes|content|login|comments).*)#', '$1', $path);
}
$root = getenv('WP_CODE');
if ($path === '/_proof') {
    require __DIR__ . '/proof.php';
    return true;
}
if (strpos($path, '/wp-content/') === 0) {
    $file = realpath(getenv('WP_CONTENT') . substr($path, strlen('/wp-content')));
    if ($file === false || !is_file($file)) {
        http_response_code(404);
        return true;
    }
    header('content-type: ' . mime_content_type($file));
    readfile($file);
    return true;
}
$file = realpath($root . $path);
if ($file && is_dir($file) && is_file("$file/index.php")) {
    $file .= '/index.php';
}
if (!$file || !is_file($file) || strpos($file, $root) !== 0) {
    $file = "$root/index.php";
}
if (substr($file, -4) !== '.php') {
    $types = ['css' => 'text/css', 'js' => 'text/javascript', 'svg' => 'image/svg+xml'];
    header('content-type: ' . ($types[pathinfo($file, PATHINFO_EXTENSION)] ?? mime_content_type($file)));
    readfile($file);
    return true;
}
$_SERVER['SCRIPT_FILENAME'] = $file;
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $folder . substr($file, strlen($root));
chdir(dirname($file));
require $file;
return true;
